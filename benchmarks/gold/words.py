# ruff: noqa: SIM905, E501 (lists of many short phrases read better as prose)
"""The words of Saltmere, a town that is not on any map: people, places, and what happens there."""

FIRST = (
    "Ada Amir Anwen Asha Bela Bram Carys Cecil Chidi Clara Dai Dilys Edda Ezra Fadia Femi Gita Greta Hamza Hester Idris "
    "Ines Ivo Jonah Kaya Keir Lena Levi Mabel Magnus Maya Nadia Ned Nell Odile Omar Orla Otis Petra Priya Quinn Rafe "
    "Rosa Rufus Sanna Silas Tamsin Tariq Una Viola Wilf Yusuf Zara"
).split()
LAST = (
    "Abara Ashdown Bainbrook Balogun Barrowby Birchall Castlow Chowdry Cragg Dellaway Dunmore Eastlake Farrant Fenwright "
    "Gallimore Garside Haldane Hartwell Iqbal Ironside Jessop Kettleby Khatun Langridge Larkfield Marchbank Merrow "
    "Northcott Nwosu Oakhanger Okoro Pargeter Penhallow Quayle Ravenhill Rowntree Sarkar Shadwell Summerfold Tansley "
    "Thackeray Ullswood Varley Vosper Wainfleet Whitlock Yardley Zielinski"
).split()
PLACES = (
    "Saltmere;Harbour Street;Quay Hill;the Lower Ferry;Mill Lane;St Brannoc's Church;the Corn Hall;Northgate;"
    "Pilot's Row;Gull Island;the Old Brewery;Tollgate Road;Marsh Farm;Sandholme;the Lantern Theatre;Weir Bridge;"
    "Castle Green;Rope Walk;Eastcliff;Saltmere Hospital;Ferrybank School;Beacon Park;the Customs House;Drovers' Way;"
    "Long Meadow;Fisher's Wharf;Abbot's Cross;the Victoria Baths;Kiln Close;Tidewell"
).split(";")
BODIES = (
    "Saltmere Council;the Harbour Trust;Saltmere Lifeboat Station;the Tidewell Water Board;Ferrybank School;"
    "the County Fire Brigade;Eastcliff Rovers;the Northgate Tenants' League;the Marsh Farm Company;Lantern Theatre Group;"
    "the Weir Bridge Inquiry;Saltmere Police;the Allotment Society;the Coastal Path Fund;the Kiln Close Surgery;"
    "the Bus Users' Forum;the Gull Island Wardens;the Drovers' Market Board;the Library Friends;Saltmere Chamber of Trade"
).split(";")
ROLES = (
    "the council leader;a retired pilot;the head teacher;a market trader;the harbour master;a nurse on the night ward;"
    "the club secretary;a farmer;the fire officer in charge;a mother of twins;the surveyor;a bus driver;the vicar;"
    "a student;the inquiry's chair;a baker;the lock keeper;a beekeeper;the coroner;a shopkeeper;a volunteer warden;"
    "the theatre's director;a neighbour;the town clerk;a fishmonger;the lifeboat's coxswain;a parish councillor"
).split(";")
SUBJECTS = (
    "Workers;Residents;Two inspectors;A crew from the depot;Parents;The contractor;Volunteers;Shop owners;A survey team;"
    "Commuters;Campaigners;The planning committee;Engineers;The owners;Pupils;A group of anglers;Councillors;The auditors;"
    "Ramblers;The organisers;Ferry passengers;The new tenants;Firefighters;Magistrates;A local choir;The night shift;"
    "The cleaners;Cyclists;Gardeners;The stallholders"
).split(";")
ACTIONS = (
    "repaired the cracked sea wall;counted seals along the outer sandbank;painted the railings of the bandstand;"
    "objected to the taller chimney;carried buckets of sand to the flooded cellars;drew up a list of missing drain covers;"
    "asked for longer opening hours;cleared fallen branches from the towpath;tested the siren above the boathouse;"
    "blamed the delay on a lost delivery of slate;signed a petition against the parking charge;"
    "moved the archive into a dry storeroom;planted willows beside the culvert;rehearsed the midsummer pageant;"
    "measured the height of every kerb;found a nest of swifts under the eaves;voted to keep the clock as it is;"
    "lifted the rusted gates off their hinges;put forward a cheaper design for the footbridge;"
    "searched the shingle for the lost anchor;agreed to share the cost of new lamps;"
    "rejected the offer of a temporary cabin;dug trial pits where the orchard stood;traced the smell to a broken sump;"
    "cancelled the autumn regatta;lent the museum a brass telescope;reopened the narrow alley to carts;"
    "complained of lorries before dawn;sealed the leaking roof with tar;swapped the diesel pump for an electric one;"
    "handed in an album of wedding photographs;refused to sell the paddock;warned that the jetty is sinking;"
    "replaced the mosaic by the fountain;sorted donated coats in the crypt;welcomed a plan for covered cycle stands;"
    "drained the boating lake to look for the leak;mapped the old tunnels below the brewery;"
    "restored the painted sign of the inn;withdrew the complaint about bell ringing;"
    "raised the alarm when the mast came down;trained six dogs to find survivors;bought back the disused signal box;"
    "published the minutes of the closed session;locked the turnstiles for good;fenced off the crumbling cliff edge;"
    "set up a telephone line for lonely pensioners;named the new barge after a schoolgirl;"
    "turned the empty bank into a workshop;studied how eels pass the weir;appealed for witnesses to the collision;"
    "opened a kitchen for stranded travellers;shortened the route of the carnival;demanded an apology for the mix-up;"
    "stored grain in the disused chapel;lost the key of the strongroom;made a film about the last herring fleet;"
    "checked each lifebelt along the promenade;tore down the plywood hoardings;wrote to the minister about the bypass;"
    "praised the speed of the rescue;found asbestos above the ballroom ceiling;moored the training ship in the inner dock;"
    "banned fireworks near the stables;invited bids for the kiosk;catalogued letters from emigrants;"
    "hired a diver to free the sluice;brought forward the vote on street trees;dropped the case against the juggler;"
    "laid cables under the bowling green;borrowed a crane from the shipyard;halved the fare for apprentices;"
    "shut the reading room for want of staff;extended the no-anchor zone;auctioned the contents of the lodge;"
    "rebuilt the stile after the storm;tagged young herons on the saltings;gave evidence about the faulty valve;"
    "took the model railway out of storage;kept watch over the swollen stream;ordered a second opinion on the beams;"
    "patched the sails of the heritage ketch"
).split(";")
ADJUNCTS = (
    "after a long and stormy meeting;in spite of the cold;without waiting for permission;as the tide came in;"
    "with money left over from the jubilee;for the third time in living memory;while the shops were still shut;"
    "to the surprise of the neighbours;under the eyes of a small crowd;because nobody else would;before the frost;"
    "with help from the next village;although the forecast was poor;on the advice of an engineer;at their own expense;"
    "in the hope of a grant;after weeks of argument;according to a note on the door;when the lights failed;"
    "despite a warning from the insurers;as part of a wider review;to save what could be saved;behind closed doors;"
    "in front of the cameras;once the scaffolding was gone;with borrowed tools;until the rain stopped them;"
    "so that the ferry could sail;against the wishes of the owner;rather than lose another season"
).split(";")
REMARKS = (
    "we have waited long enough for an honest answer;nobody told us that the road would be shut;"
    "it was the loudest noise I have ever heard;the children come first and always will;there is no plan to sell the field;"
    "we did what the manual says;I would do the same again tomorrow;this town deserves better than a patched roof;"
    "my grandfather helped to build that wall;they promised us a bridge and sent us a brochure;"
    "the water rose faster than anyone could run;every penny has been accounted for;"
    "I am sorry for the worry this has caused;we cannot keep asking the same people to pay;"
    "the figures speak for themselves;you could smell the smoke across the estuary;it is a disgrace and they know it;"
    "our door is open to anybody with an idea;the old pump has served us well;"
    "somebody must have seen who took the boat;I shall believe it when I see the first brick;"
    "the crew behaved with great courage;it felt as if the whole street was shaking;"
    "there was never any danger to the public;we were given ten minutes to pack a bag;"
    "that tree was here before the railway;no decision has been taken behind anyone's back;"
    "the engineers have found a way to keep it open;she would have laughed at all this fuss;"
    "we are tired but we are not beaten;the market has survived worse winters than this;"
    "I counted four engines and then the windows went;it is only fair that visitors pay their share;"
    "the ferry is our lifeline and not a luxury;they can draw as many maps as they like;"
    "what matters now is that he is home;the report makes painful reading;"
    "volunteers have carried this place for years;we will fight the order in court;"
    "the harbour needs dredging and not speeches;my shop has lost half its trade;"
    "the alarm worked exactly as it should;it was a mistake and we have put it right;"
    "people want buses that turn up;a museum without a roof is just a yard;"
    "I have no intention of stepping down;the smell comes back with every warm day;"
    "we trained for this and it showed;the swans were the only ones who slept;it will be missed by all who sang there"
).split(";")
HEADINGS = (
    "What happens next;A night on the quay;Who pays for the wall;How the vote went;The long road back;Voices from the market;"
    "A question of trust;Inside the inquiry;The view from the island;Counting the cost;What the report says;"
    "Roads and closures;A town divided;Help for those affected;The history of the bridge;Under the surface"
).split(";")
TOPICS = (
    "sea wall;ferry;market hall;lifeboat;school roof;bus route;harbour;allotments;theatre;hospital car park;old brewery;"
    "footbridge;flood gates;library;railway arch;town clock;swimming baths;marsh path"
).split(";")
VERDICTS = (
    "row deepens;repair delayed;plan approved;opens to crowds;closed after collapse;saved by donors;to be sold;"
    "inquiry begins;costs double;vote called off;reopens early;under water again"
).split(";")
NOTES = ("This page is being updated.", "* * *", "Send us your pictures and stories.", "More follows.")
