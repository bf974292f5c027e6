"""Service level objectives as OpenSLO v1 documents, and what measured events say of them.

Pure but for reading the documents' files: no query is run here, nothing is recorded and nobody is alerted.
"""
