// Opens an address in headless Chromium and prints, as JSON, what the replayed page in it shows once it shows `words`.
// node look.cjs PLAYWRIGHT CHROMIUM PROFILE ADDRESS WORDS
const [playwright, executablePath, profile, address, words] = process.argv.slice(2);
const { chromium } = require(playwright);

const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

async function shown(page) {
  for (const frame of page.frames()) {
    const found = await frame.evaluate(() => ({
      text: document.body ? document.body.innerText : "",
      styles: [...document.styleSheets].filter((sheet) => { try { return sheet.cssRules.length; } catch { return 0; } }).length,
      pictures: [...document.images].filter((image) => image.complete && image.naturalWidth > 0).length,
      url: location.href,
    })).catch(() => null);
    if (found && found.url.includes("/w/") && found.text.includes(words)) return found;
  }
  return null;
}

(async () => {
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args });
  const page = await browser.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(address);
  let found = null;
  for (let tries = 0; tries < 240 && !found; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    found = await shown(page);
  }
  if (found) {
    await new Promise((resolve) => setTimeout(resolve, 1500));  // for the pictures
    found = (await shown(page)) || found;
  }
  console.log(JSON.stringify({ found, asked, frames: page.frames().map((frame) => frame.url()) }));
  await browser.close();
})();
