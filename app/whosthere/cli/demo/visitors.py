"""Who visits the demo shop, and what each of them is shown about the chat."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody bought."""

    number: str
    goods: str
    state: str
    total: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """One way to visit the shop: a page of its own.

    Attributes:
        signed_by_shop: whether the shop's server vouches for the identifiers; otherwise somebody made a token up.
    """

    slug: str
    path: str
    label: str
    title: str
    account: str
    headline: str
    steps: tuple[str, ...]
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    signed_by_shop: bool = False
    order: Order | None = None


GUEST = Visitor(
    slug="anonymous",
    path="/",
    label="Nobody yet",
    title="welcome",
    account="Not signed in",
    headline="Nobody is signed in, so the chat knows this browser and nothing else.",
    steps=(
        "Open the chat at the bottom right and ask something. The team sees it as “Anonymous”.",
        "Reload: the conversation is still there, for seven days, in this browser only.",
        "Visit as Ada: what you asked as nobody stays here and does not turn up in her account.",
    ),
)
ADA = Visitor(
    slug="ada",
    path="/ada",
    label="Ada",
    title="Ada’s account",
    account="Signed in as Ada Lovelace",
    headline="Ada is signed in, and the shop’s server has signed who she is.",
    steps=(
        "Open the chat at the bottom right: it says “Signed in as Ada Lovelace” and “Verified”.",
        "Write something and answer as the team: the inbox shows it as “Verified”, and your answer arrives here live.",
        "Visit as Bob: there is no trace of Ada’s conversation.",
    ),
    user_id="ada",
    email="ada@harbour.example",
    name="Ada Lovelace",
    signed_by_shop=True,
    order=Order("10-442", "Storm lantern, 20 m of rope", "Delivered, says the carrier", "€ 83.00"),
)
BOB = Visitor(
    slug="bob",
    path="/bob",
    label="Bob",
    title="Bob’s account",
    account="Signed in as Bob Kahn",
    headline="Bob is signed in, and the shop’s server has signed who he is.",
    steps=(
        "Open the chat at the bottom right: it says “Signed in as Bob Kahn” and “Verified”.",
        "Nothing that Ada wrote is here, and nothing that Bob writes is there.",
        "Open this page in another browser: Bob’s conversation follows him, because he is verified there too.",
    ),
    user_id="bob",
    email="bob@harbour.example",
    name="Bob Kahn",
    signed_by_shop=True,
    order=Order("10-457", "Fisherman’s jumper", "On its way", "€ 119.00"),
)
MALLORY = Visitor(
    slug="forged",
    path="/forged",
    label="Mallory, as Ada",
    title="a forged page",
    account="Pretends to be Ada Lovelace",
    headline="Mallory has built a page that says it is Ada, with a token she signed with a secret of her own.",
    steps=(
        "The server refuses her: there is no launcher at the bottom right.",
        "The page hears “userAuthFailure” and learns no more than “invalid user auth token”.",
        "Ask the shop anyway: the panel says that it could not confirm who you are, and shows nothing of Ada’s.",
    ),
    user_id=ADA.user_id,
    email=ADA.email,
    name=ADA.name,
)
VISITORS = (GUEST, ADA, BOB, MALLORY)
