"""Brings a dataset to where others load it from: a folder, an archive, an object store, the Hugging Face Hub.

`publish.publish` is what `cleaner publish` does. Each kind of target is a module with one class (`folder`, `archive`,
`store`, `hub`) behind the same small interface (`target.Target`); what goes where, and what stands against it, is
decided once for all of them (`plan`).
"""
