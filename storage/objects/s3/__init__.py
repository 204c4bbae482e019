"""A store in a bucket of any S3-compatible service. Nothing outside this package knows boto3.

What services differ in, and what we therefore don't rely on: the order of listings across `/` (SeaweedFS lists by
folders), the completeness of paged listings of versions (SeaweedFS 4.48 loses some), `If-Match`, version ids in the
answer to a copy, and, where a bucket keeps versions, `If-None-Match: *` (Ceph RGW 16 passes over it).
"""
