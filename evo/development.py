"""From genomes to phenotypes, and back where that is possible."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar


class Development(ABC):
    """What turns genomes into phenotypes, and where it can, phenotypes back into genomes.

    It is a small object that can be sent to another process.

    Attributes:
        layered: whether it gives networks that consist of layers, the same for all.
    """

    layered: ClassVar[bool] = False

    @abstractmethod
    def __call__(self, genomes: Any) -> Any:
        """The phenotypes of n genomes, in their order."""

    def absorb(self, genomes: Any, phenotypes: Any) -> Any:
        """The genomes that would have developed into `phenotypes`.

        Args:
            genomes: those that developed into the phenotypes, before the phenotypes changed.
            phenotypes: the changed phenotypes, in the same order.

        Raises:
            ValueError: there is no way back.
        """
        raise ValueError(
            f"{type(self).__name__} has no way from phenotypes back to genomes, "
            "so nothing that they learn can be inherited"
        )


class Identity(Development):
    """Genomes that are their own phenotypes."""

    def __call__(self, genomes: Any) -> Any:
        return genomes

    def absorb(self, genomes: Any, phenotypes: Any) -> Any:
        return phenotypes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity)

    def __hash__(self) -> int:
        return hash(Identity)


IDENTITY = Identity()
