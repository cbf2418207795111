"""Takes some members out of a wheel (a zip): python unpack.py WHEEL FOLDER MEMBERS, a JSON object {member: path below FOLDER}."""

import json
import os
import shutil
import sys
import zipfile

wheel, folder, members = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member, path in json.loads(members).items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(member) as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
