"""The list of postings by post number: who stays, who moves, who is new, and the proof.

Posts have numbers, never names. See ``optimizer.posts`` for how it is found.
"""

from pydantic import Field

from geo.places import Code, Document
from optimizer.staff import Gender, Unit


class PostPlace(Document):
    """Where a post stands in the plan, and stood today; a new post has no origin.

    ``home_min`` and ``home_min_before`` are minutes from its home, where home and way are known.
    """

    post: Code
    gender: Gender
    skills: tuple[Unit, ...]
    from_office: Code | None = None
    from_unit: Unit | None = None
    to_office: Code
    to_unit: Unit
    home: Code | None = None
    locked: bool = False
    home_min_before: float | None = None
    home_min: float | None = None

    @property
    def is_new(self) -> bool:
        return self.from_office is None

    @property
    def moves(self) -> bool:
        """Whether its office or unit changes; new posts don't move."""
        return not self.is_new and (self.from_office, self.from_unit) != (
            self.to_office,
            self.to_unit,
        )


class UnpostedOfficer(Document):
    """A new officer whom no posting of the plan takes."""

    post: Code
    gender: Gender
    skills: tuple[Unit, ...]


class PostPrice(Document):
    """A post's price in the proof; new ones and unchanged ones have theirs."""

    post: Code
    price: int


class PlacePrice(Document):
    """A place's price in the proof, the same for all seats of a posting.

    Without ``unit`` it is the price of leaving (``office`` empty, the scenario has fewer staff
    than the register) or of a new post that stays unposted.
    """

    office: Code | None = None
    unit: Unit | None = None
    gender: Gender
    seats: int = Field(ge=1)
    price: int
    left_by: tuple[Code, ...] = Field(default=(), description="posts that may leave by this seat")


class PostingsList(Document):
    """Every post and where it goes; sorted by post number."""

    schema_version: int = 1
    problem_digest: str
    moved: tuple[PostPlace, ...]
    new: tuple[PostPlace, ...]
    unchanged: tuple[PostPlace, ...]
    vacated: tuple[Code, ...] = Field(
        default=(),
        description="posts beyond the staff of the scenario: as many leave, any of these",
    )
    unposted: tuple[UnpostedOfficer, ...] = ()
    new_where_experience_counts: int = Field(
        default=0, ge=0, description="new officers in units that need experience"
    )
    office_changes: int = Field(ge=0)
    home_minutes: int = Field(ge=0, description="one way, over all posts with a known home")
    post_prices: tuple[PostPrice, ...]
    place_prices: tuple[PlacePrice, ...]

    @property
    def fewest_moves(self) -> int:
        """What the prices prove: no list has fewer moves."""
        prices = sum(p.price for p in self.post_prices)
        return prices + sum(p.seats * p.price for p in self.place_prices)

    @property
    def places(self) -> tuple[PostPlace, ...]:
        """All posts of the plan, by number."""
        return tuple(sorted((*self.moved, *self.new, *self.unchanged), key=lambda p: p.post))
