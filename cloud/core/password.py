"""Which passwords may be chosen: long ones that are not among the first that anybody tries.

After NIST SP 800-63B, 3.1.1.2: length counts, rules about kinds of characters do not, and what is known to
be tried first is refused.
"""

from typing import Final

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 200
MIN_DISTINCT: Final = 6
"""`abababababab` and `111111111111` are long and guessed at once."""

_COMMON: Final = """
0123456789 01234567890 012345678910 09876543210 112233445566 121212121212 123123123 123123123123
123321123321 123456 1234567 12345678 123456789 1234567890 123456789012 1234567890123 12345678910
123456789abc 147258369 147258369147 159357 159753 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc
1qaz2wsx3edc4rfv 5201314 52013141314 520520520 789456123 789456123789 987654321 9876543210 a123456
a12345678 a123456789 a1234567890 aa123456 aa123456789 abc123 abc123456789 abcd1234 abcdefg123456
abcdefgh abcdefghijkl abcdefghijklm admin admin123 admin123456 admin12345678 adminadmin administrator
administrator1 administrator123 aini1314 asd123456789 asdfghjkl asdfghjkl123 asdfghjkl;' baoan123456
baseball batman changeme changeme123 correcthorsebatterystaple default dragon fallwatch fallwatch123
fallwatch1234 fallwatch123456 fallwatchfallwatch football guest iloveyou iloveyou1 jennifer letmein
letmein123 master michael monkey mypassword mypassword123 newpassword newpassword1 p@ssw0rd p@ssword
passw0rd password password1 password12 password123 password1234 password12345 password123456
passwordpassword princess q1w2e3r4t5 q1w2e3r4t5y6 qazwsx qazwsxedc qazwsxedcrfv qwe123 qwe123456789
qweasdzxc qweasdzxc123 qwerty qwerty123 qwertyuiop qwertyuiop123 qwertyuiop[] root root123456
rootpassword rootroot secret secret123 secret123456 shadow sunshine superman test test123 test12345678
trustno1 user user123 user12345678 welcome welcome1 welcome123 woaini woaini123456 woaini1314 woaini520
woaini5201314 wuye123456 wuye12345678 wuyeguanli wuyeguanli123 yanshao yanshao123456 yourpassword
zaq12wsx zxc123456789 zxcvbnm zxcvbnm123
"""
"""What lists of leaked passwords have in common, with those of Chinese keyboards and trades."""
COMMON: Final = frozenset(_COMMON.split())


def objection(password: str, username: str) -> str | None:
    """Why a password may not be chosen; None: it may."""
    if len(password) < MIN_LENGTH:
        return f"the password is shorter than {MIN_LENGTH} characters"
    if len(password) > MAX_LENGTH:
        return f"the password is longer than {MAX_LENGTH} characters"
    plain = password.casefold()
    if len(set(plain)) < MIN_DISTINCT or plain in COMMON or plain.rstrip("0123456789!.?") in COMMON:
        return "the password is among the first that anybody would try"
    if len(username) > 2 and username.casefold() in plain:
        return "the password contains the user name"
    return None
