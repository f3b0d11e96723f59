def test_cast(ctx, acting, cast):
    assert acting(cast.mara).role == "manager"
