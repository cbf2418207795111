"""Serves measurements over standard input and output: a line NAME in, the milliseconds of one run of that name out."""
import json
import sys
import time


def serve(make):
    """`make(name)` builds what NAME stands for: a function that runs once and waits until it is done. What its attribute
    `prepare` returns, if it has one, is made before the clock starts and handed to it; its attribute `clock`, if it has one,
    tells the seconds instead of the time of day."""
    made = {}
    print("ready", flush=True)
    for line in sys.stdin:
        name = line.strip()
        try:
            if name not in made:
                made[name] = make(name)
            run = made[name]
            prepared = [run.prepare()] if hasattr(run, "prepare") else []
            clock = getattr(run, "clock", time.perf_counter)
            started = clock()
            run(*prepared)
            print(1000 * (clock() - started), flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}), flush=True)


def graph(path):
    with open(path) as file:
        return json.load(file)
