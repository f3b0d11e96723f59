"""`python app.py` while measuring: the product's own embedded shape, with the yardsticks beside it."""

from bench.mounting import mount
from todoapp import create_app, embedded

if __name__ == "__main__":
    embedded.create_app = lambda settings: mount(create_app(settings))
    embedded.serve()
