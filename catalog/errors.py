"""The errors of InteraRec, all of which are sentences for the person who reads them.

    InteraRecError
    ├── InputError          a path, a file or a value that the user gave cannot be used
    │   ├── CatalogError    a catalog is missing, empty or broken
    │   ├── IndexMismatch   a vector index does not belong to the catalog or is damaged
    │   ├── StorageError    a folder, a disk or a database cannot be written to or read
    │   ├── UnreadLanguage  a picture seems to show somebody's details in a language that is not read
    │   └── ConversationDeleted  a conversation was deleted, before or while something was done in it
    ├── ModelMismatch       a next-item model belongs to another catalog or is damaged
    ├── CaptureError        the browser could not be started, reached or photographed
    ├── ConsentError        a capture was refused because nobody agreed to it
    ├── ToolInputError      a tool was called with arguments it cannot use
    └── TurnError           a turn of a conversation failed for a fault of ours, and was taken back

Each message says what is wrong and what to do about it. The surfaces print it as it is; nothing below them
catches the root.
"""


class InteraRecError(Exception):
    """The root: its message is the one sentence that the user sees."""


class InputError(InteraRecError):
    """A path, a file or a value that the user gave cannot be used."""


class CatalogError(InputError):
    """A catalog is missing, empty or broken."""


class IndexMismatch(InputError):
    """A vector index does not belong to this catalog, or its file is damaged."""


class StorageError(InputError):
    """A folder, a disk or a database cannot be written to or read."""


class UnreadLanguage(InputError):
    """A picture seems to show a form or somebody's details in a language that is not read, so it is not kept."""


class ConversationDeleted(InputError):
    """A conversation was deleted, before or while something was done in it."""


class ModelMismatch(InteraRecError):
    """A next-item model belongs to another catalog, or its file is damaged."""


class CaptureError(InteraRecError):
    """The browser could not be started, reached or photographed."""


class ConsentError(InteraRecError):
    """A capture was refused because nobody agreed to it."""


class ToolInputError(InteraRecError):
    """A tool was called with arguments that it cannot use; the message goes back to the model."""


class TurnError(InteraRecError):
    """A turn of a conversation failed for a fault of ours; the conversation stands as it did before it."""
