"""Pictures that people send: read with limits, made small, and written anew without anything else that was in the file."""

import io

from PIL import Image, ImageOps

from todoapp.kit.errors import BadInput

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 25_000_000


def small_png(data: bytes, edge: int, field: str) -> bytes:
    """The picture as a PNG of at most `edge` times `edge` pixels; a refusal that names `field` where it is none.

    Only pixels survive: no location, no comment, no second image. A bomb is refused by its header, before it unfolds.
    """
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadInput(
                    fields={field: ["This picture has too many pixels. Send one of at most 5,000 by 5,000."]}
                )
            picture.draft("RGB", (edge * 2, edge * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadInput(
            fields={field: ["This is no picture that we can read. Send a PNG, JPEG, WebP or GIF."]}
        ) from None
    upright.thumbnail((edge, edge))
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright)
    written = io.BytesIO()
    plain.save(written, "PNG", optimize=True)
    return written.getvalue()
