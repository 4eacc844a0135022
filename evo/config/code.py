"""The section of a configuration about code of the user's own: where it is, and its hash."""

from pydantic import Field

from evo import own_code
from evo.settings import Settings


class CodeSettings(Settings):
    """Where code of one's own was, and what it was, when the run began. Written by evo."""

    folder: str = Field(description="where modules were looked up that are not installed")
    sha256: dict[str, str] = Field(
        default_factory=dict, description="of each file or module, when the run began"
    )

    def changed(self) -> list[str]:
        """The files and modules that are not what they were, or are gone."""
        now = own_code.hashes(self.sha256)
        return [place for place, digest in self.sha256.items() if now.get(place) != digest]
