"""Personal data to plant in a document: by kind, each as it may be written. All of it is made up or from a standard.
Tokens are put together here, so that no scanner of repositories takes this file for a leak.
"""

import base64

_HEAD = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
_BODY = base64.urlsafe_b64encode(b'{"sub":"4711","name":"Ann"}').decode().rstrip("=")
_DRAWN = "f3Kq9ZtB7xLw2VmN8sRd4PhY6cGjQ1aE"

PLANTED: dict[str, tuple[str, ...]] = {
    "agent id": (
        "agent_123", "Agent-00991", "agent:4711", "agent id 9f3k2", "agentId=77812", '"agent_id": "a8812"',
        "agent 1b4e28ba-2fa1-11d2-883f-0016d3cca427", "/agents/4711/deals", "agent #4711",
        "agent 4711", "AGENT0012345", "agent 17 failed", "agents 17 and 18", "agent no. 5", "agent a-10293",
    ),
    "customer id": (
        "cust-00991", "customer_8812", "user/4711", "Customer No. 4711", "customerId: 88123", "usr_8f14e45f",
        "customer 1b4e28ba-2fa1-11d2-883f-0016d3cca427", "cus_NffrFeUfNV2Hib", "account-99120", "user_1", "buyer-17",
        "customer 88123", "CUST0012345", "customer 991", "customers 8812, 8813 and 8814", "cust_live_9f8e7d6c",
        "customer Jane (id 88213)", "clients c_8831",
    ),
    "id of a person or thing (UUID)": ("7f3c1e2a-9b4d-4c1e-8f3a-2b1c9d8e7f6a",),
    "e-mail address": (
        "ann@example.org", "ann%40example.org", "ann&#64;example.org", "ann&#x40;example.org",
        "ann&commat;example.org",
        r"ann\u0040example.org", "ann at example dot org", "ann [at] example [dot] org", "ann(at)example.org",
        "Ann.Lee+deals@mail.example.co.uk", "ann@münchen.example", "ann\uff20example.org",
        "ann\u200b@exam\u00adple.org",
        "ann&amp;#64;example.org", "ann%2540example.org", "ann@[192.0.2.1]", '"ann lee"@example.org',
        "evilsupport@clawdeals.example", "support@clawdeals.example.org", "mailto:ann@localhost",
        "root@localhost", "YW5uQGV4YW1wbGUub3Jn",
        "ann@xn--mnchen-3ya.example",
    ),
    "IPv4 address": (
        "192.0.2.17", "10.0.0.1:8080", "192.0.2.0/24", "http://192.0.2.17/x", "192&#46;0.2.17", "192[.]0[.]2[.]17",
        "0xC0.0x00.0x02.0x11", "0300.0000.0002.0021", "http://3221226001/", "http://0xC0000211/", "192.000.002.017",
        "ip-10-0-0-12.internal", "17.2.0.192.in-addr.arpa", "from 192.0.2.17.",
        "192 . 0 . 2 . 17",
    ),
    "IPv6 address": (
        "2001:db8::17", "2001:0db8:0000:0000:0000:0000:0000:0017", "::1", "::ffff:192.0.2.17", "fe80::1%eth0",
        "[2001:db8::17]:443", "2001:DB8::A1", "::ffff:c000:211", "2001:db8::/32", "addr:2001:db8::17",
        "2001%3Adb8%3A%3A17", "64:ff9b::192.0.2.17", "2001-db8--17.ipv6-literal.net",
    ),
    "hardware address": ("00:1A:2b:3c:4D:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"),
    "telephone number": (
        "+1 415 555 2671", "+49 30 901820", "+33 6 12 34 56 78", "(415) 555-2671", "415-555-2671", "tel:+14155552671",
        "phone 030 901820 11", "0049 30 901820", "+44 (0)20 7946 0958",
        "07700 900123", "0171 2345678", "06 12 34 56 78",
    ),
    "bank account number (IBAN)": (
        "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "DE12 3456 7890 1234 5678 90",
        "FR1420041010050500013M02606",
        "de89 3704 0044 0532 0130 00",
    ),
    "payment card number": (
        "4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "6011111111111117", "4111-1111-1111-1112"),
    "social security number": ("536-90-4399", "123-45-6789"),
    "national insurance number": ("AB 12 34 56 C",),
    "number of an identity document": ("passport no. X1234567", "IMEI: 490154203237518"),
    "date of birth": ("dob: 1984-03-21", "born on 21 March 1984", "date_of_birth=21.03.1984"),
    "geographic position": ("48.85661, 2.35222", "lat: 48.8566"),
    "wallet address": ("0x52908400098527886E0F7030069857D2E4169EE7", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
    "JSON web token": (f"{_HEAD}.{_BODY}.{_DRAWN}",),
    "bearer token": (f"Authorization: Bearer {_DRAWN}", f"Authorization: Token {_DRAWN}"),
    "basic authentication": ("Authorization: Basic " + base64.b64encode(b"ann:geheim77").decode(),),
    "AWS key": ("AKIA" + "IOSFODNN7EXAMPLE",),
    "GitHub token": ("ghp_" + _DRAWN + "abcd", "github_pat_" + _DRAWN),
    "GitLab token": ("glpat-" + _DRAWN[:20],),
    "Slack token": (
        "xoxb-" + "123456789012-" + _DRAWN, "https://hooks.slack.com/services/" + "T0001/B0001/" + _DRAWN),
    "Stripe key": ("sk_live_" + _DRAWN[:24], "rk_test_" + _DRAWN[:24]),
    "Google key": ("AIza" + _DRAWN + "abc",),
    "API key": ("sk-ant-" + _DRAWN,),
    "private key": ("-----BEGIN RSA " + "PRIVATE KEY-----",),
    "password in a URL": ("postgres://ann:geheim77@db/deals",),
    "secret": (
        f'api_key = "{_DRAWN}"', f"token: {_DRAWN}", "password=Geheim!77", "password: hunter2", "pwd=letmein",
        "the password is hunter22",
        f"client_secret={_DRAWN}"),
}  # fmt: skip

HARMLESS = (
    "version 1.2.3", "Python 3.11.7", "v1.2.3.4", "chromium 120.0.6099.109", "2026-02-08T00:00:00Z", "12:30:45",
    "09:00-17:00", "2026-02-08T00:00:00.123456+00:00", "INC-20260208-001", "99.954%", "1,234,567 events",
    "1770508800000000", "0.4111111111111111", "std::dec::b2", "a::before { top: 0 }", "SHA-256", "cost +15% of 2026",
    "P95 delay < 5s", "`/api/v1/*` list endpoints at 15-30s interval", "deals at noon", "#ops-oncall",
    "team:payments",
    "support@clawdeals.example", "SUPPORT@clawdeals.example", "mailto:support@clawdeals.example",
    "user-identifiable data",
    "customers: 12", "agent-based marketplace", "two agents", "client stream", "24/7 for Sev-1", "3:2",
    "10:00 to 11:30",
    "the token bucket: refills", "secret: none", "password is required", "1.3.6.1.4.1.311", "M0 0.5 12.25 3 4.75",
    "rgb(10, 20, 30)", "0x1F", "user 2 of 3", "user 2026 plan", "the client 500 errors", "password: required",
    "lat. 2.5", "born in 2020",
    "internationalization", "acknowledgement", "0.12, 0.98",
     "accounts 2025-2026", "Bearer authentication", "Basic availability",
    "tag:clawdeals.example,2026-01-01:status", "<https://example.org/a.b.c>", "reports per 1000 actions",
    "look at example", "call 2026-02-08 10:00", "the agent 15 minutes late", "the customer 360 view",
    "user 429 responses",
    "clients 10 and 20 percent slower", "account 30-day window", "customers 2025 and 2026", "customer INC-20260208-001",
    "client SHA-256 mismatch", "password was 2026-02-08 rotated", "Authorization: header was dropped",
)  # fmt: skip
