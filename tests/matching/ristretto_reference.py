"""RFC 9496 and RFC 9497 in plain numbers, slow: a second implementation to check the package's.

Written from the RFCs' formulas; nothing here is constant in time, and nothing but tests uses it.
"""

from __future__ import annotations

from hashlib import sha512

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_M1 = pow(2, (P - 1) // 4, P)
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"

Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """RFC 9496, section 4.2."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * root * root % P
    correct, flipped = check == u % P, check == -u % P
    flipped_i = check == -u * ROOT_M1 % P
    if flipped or flipped_i:
        root = root * ROOT_M1 % P
    return correct or flipped, absolute(root)


def absolute(x: int) -> int:
    return P - x if x % 2 else x


INV_ROOT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
ROOT_AD_MINUS_1 = P - sqrt_ratio((-D - 1) % P, 1)[1]


def add(a: Point, b: Point) -> Point:
    """Extended coordinates of the curve with a = -1 (Hisil and others, 2008)."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    found = ZERO
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point, scalar = add(point, point), scalar >> 1
    return found


def decode(data: bytes) -> Point:
    """RFC 9496, section 4.3.1."""
    s = int.from_bytes(data, "little")
    assert s < P
    assert s % 2 == 0
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse = sqrt_ratio(1, v * u2 * u2 % P)
    dx = inverse * u2 % P
    dy = inverse * dx * v % P
    x, y = absolute(2 * s * dx % P), u1 * dy % P
    t = x * y % P
    assert square
    assert t % 2 == 0
    assert y
    return x, y, 1, t


def encode(point: Point) -> bytes:
    """RFC 9496, section 4.3.2."""
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    inverse = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t0 % P
    if t0 * z_inverse % P % 2:
        x, y, den = y0 * ROOT_M1 % P, x0 * ROOT_M1 % P, den1 * INV_ROOT_A_MINUS_D % P
    else:
        x, y, den = x0, y0, den2
    if x * z_inverse % P % 2:
        y = -y % P
    return absolute(den * (z0 - y) % P).to_bytes(32, "little")


def element(t: int) -> Point:
    """The map of RFC 9496, section 4.3.4."""
    r = ROOT_M1 * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    if not square:
        s = -absolute(s * t % P) % P
    c = -1 % P if square else r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1 = 2 * s * v % P, n * ROOT_AD_MINUS_1 % P
    w2, w3 = (1 - s * s) % P, (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def expand(data: bytes, tag: bytes) -> bytes:
    """RFC 9380, section 5.3.1, for 64 bytes of SHA-512."""
    tail = tag + bytes([len(tag)])
    first = sha512(bytes(128) + data + (64).to_bytes(2, "big") + b"\0" + tail).digest()
    return sha512(first + b"\x01" + tail).digest()


def hash_to_group(data: bytes) -> Point:
    made = expand(data, b"HashToGroup-" + CONTEXT)
    halves = [int.from_bytes(made[at : at + 32], "little") % 2**255 % P for at in (0, 32)]
    return add(element(halves[0]), element(halves[1]))


def hash_to_scalar(data: bytes) -> int:
    return int.from_bytes(expand(data, b"HashToScalar-" + CONTEXT), "little") % ORDER


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def proves(public: bytes, blinded: list[bytes], evaluated: list[bytes], proof: bytes) -> bool:
    """Whether a proof holds: RFC 9497, section 2.2.2."""
    seed = sha512(sized(public) + sized(b"Seed-" + CONTEXT)).digest()
    m, z = ZERO, ZERO
    for place, (c, d) in enumerate(zip(blinded, evaluated, strict=True)):
        said = sized(seed) + place.to_bytes(2, "big") + sized(c) + sized(d) + b"Composite"
        weight = hash_to_scalar(said)
        m, z = add(m, times(weight, decode(c))), add(z, times(weight, decode(d)))
    c, s = (int.from_bytes(proof[at : at + 32], "little") for at in (0, 32))
    base = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
    t2 = add(times(s, base), times(c, decode(public)))
    t3 = add(times(s, m), times(c, z))
    parts = [public, *(encode(each) for each in (m, z, t2, t3))]
    return hash_to_scalar(b"".join(map(sized, parts)) + b"Challenge") == c


def output(data: bytes, blind: int, evaluated: bytes) -> bytes:
    """RFC 9497, section 3.3.1, Finalize."""
    plain = encode(times(pow(blind, ORDER - 2, ORDER), decode(evaluated)))
    return sha512(sized(data) + sized(plain) + b"Finalize").digest()
