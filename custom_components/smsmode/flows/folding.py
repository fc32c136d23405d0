"""Folding of the sections of a form: open is what has something in it, or something wrong."""

from collections.abc import Collection

import probatio
from homeassistant.data_entry_flow import section


def with_unfolded(schema: probatio.Schema, names: Collection[str]) -> probatio.Schema:
    """Return a schema in which these sections are open, and all others folded."""
    return probatio.Schema(
        {
            marker: section(field.schema, {"collapsed": str(marker) not in names})
            if isinstance(field, section)
            else field
            for marker, field in schema.schema.items()
        }
    )
