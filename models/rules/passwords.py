"""Which passwords are accepted.

Length is what counts (NIST SP 800-63B, 5.1.1.2: no rules about kinds of characters, a list of those that are known). What
is tried first is refused: the commonest, one character or a run of the keyboard repeated, and one's own name or address.
"""

import unicodedata

SHORTEST = 10
LONGEST = 200

_COMMON = """
1234567890 0123456789 0987654321 1234567891 12345678910 123456789a a123456789 1234567890a 123456789q q123456789
1111111111 0000000000 1122334455 1212121212 1231231231 123123123123 1029384756 9876543210 1q2w3e4r5t 1q2w3e4r5t6y
1qaz2wsx3edc qazwsxedcrfv qwertyuiop qwertyuiop123 qwerty123456 qwerty12345 qwertyuiop[] asdfghjkl; asdfghjkl123
zxcvbnm123 zaq12wsxcde3 q1w2e3r4t5 q1w2e3r4t5y6 abcdefghij abcd123456 abc123456789 abcdefg123 aa12345678 aa123456789
password12 password123 password1234 password12345 passw0rd123 password01 password11 passwordpassword mypassword
mypassword1 mypassword123 thepassword p@ssw0rd123 p@ssword123 letmein123 letmeinnow welcome123 welcome1234 iloveyou12
iloveyou123 iloveyou1234 iloveyou22 iloveyouso ilovemyself football123 baseball123 basketball superman123 michaeljordan
princess123 sunshine123 dragon1234 monkey12345 master12345 administrator admin12345 admin123456 administrator1
changeme123 changeit123 trustno1trustno1 whatever123 realitytv123 thetraitors bachelorette realhousewives
"""
COMMON = frozenset(_COMMON.split())


def normal(password: str) -> str:
    """A password as it is compared: typed on another keyboard, the same characters may come in other forms (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def objection(password: str, *, names: tuple[str, ...] = ()) -> str | None:
    """Why a password is not accepted, as a sentence; None when it is.

    Args:
        password: as it was typed.
        names: what the user is called: e-mail address, username.
    """
    word = normal(password)
    if not SHORTEST <= len(word) <= LONGEST:
        return f"Must have {SHORTEST} to {LONGEST} characters."
    plain = word.casefold().strip()
    if plain in COMMON or len(set(plain)) < 4:
        return "Is one of those that are tried first."
    own = {part for name in names for part in (name.casefold(), name.casefold().split("@")[0]) if part}
    if plain in own or any(plain.strip("0123456789!?.-_ ") == part for part in own):
        return "Is your own name or address."
    return None
