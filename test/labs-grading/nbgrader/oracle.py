"""What nbgrader itself says of notebooks: reads a list of their texts as JSON, writes one answer for each."""

import json
import logging
import sys

import nbformat
from nbgrader import utils
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

logging.disable(logging.CRITICAL)
validator = MetadataValidatorV3()


def marks(nb):
    return [dict(cell.metadata['nbgrader']) if 'nbgrader' in cell.metadata else None for cell in nb.cells]


def checksum(cell):
    return utils.compute_checksum(cell) if 'nbgrader' in cell.metadata and 'grade_id' in cell.metadata.nbgrader else None


def regions(nb):
    languages = {'python': '', 'typescript': ''}
    for preprocessor in (ClearSolutions(code_stub=languages), ClearHiddenTests(), ClearMarkScheme()):
        preprocessor.preprocess(nb, {})


def answer(nb):
    try:
        validator.upgrade_notebook_metadata(nb)
        validator.validate_nb(nb)
        said = {'marks': marks(nb), 'checksums': [checksum(cell) for cell in nb.cells]}
        regions(nb)
        return said
    except Exception as error:
        return {'error': f'{type(error).__name__}: {error}'}


asked = json.load(sys.stdin)
json.dump([answer(nbformat.reads(text, as_version=4)) for text in asked], sys.stdout)
