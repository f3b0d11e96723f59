"""The whole product in one process on embedded defaults: `python app.py`."""

from todoapp.embedded import serve

if __name__ == "__main__":
    serve()
