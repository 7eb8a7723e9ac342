from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.protocol import (
    CustomerRecord,
    FamilyRecord,
    MethodRecord,
    ProductRecord,
    ShopRecord,
    UserRecord,
)
from sync.store import Change, Store, open_store
from sync.store.words import words_of

MILK = ProductRecord("3017620422003", "Lait demi-écrémé", 115, "5.5", "dairy", content="1 L")
EGGS = ProductRecord("3017620422010", "Œufs de plein air", 320, "5.5", other_codes=("13017620422017", "17"))
CREAM = ProductRecord("00018166", "Crème fraîche épaisse", 189, "5.5", "dairy")
APPLES = ProductRecord("421", "Pommes Gala", 299, "5.5", weighed=True, unit="kg")
BREAD = ProductRecord("P-1", "Pain de campagne", None, "5.5", other_codes=("17",))
PRODUCTS = (MILK, EGGS, CREAM, APPLES, BREAD)

ZOE = CustomerRecord("C1", "Zoé Lefèvre", "member", cards=("2900000000017",))
LEA = CustomerRecord("C2", "Léa Martin")


@pytest.fixture(params=[False, True], ids=["in threads", "on the loop"])
def on_loop(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
async def shop(store: Store) -> Store:
    """A store with a small catalogue."""
    await store.catalogue.load(products=PRODUCTS, customers=(ZOE, LEA), replace=True)
    return store


def codes(products: tuple[ProductRecord, ...]) -> list[str]:
    return [product.code for product in products]


async def test_an_empty_catalogue_finds_nothing(store: Store) -> None:
    assert await store.catalogue.find("3017620422003") == ()
    assert await store.catalogue.search("lait") == ()
    assert await store.catalogue.search("") == ()
    assert await store.catalogue.shop() is None
    assert await store.catalogue.customer("C1") is None


async def test_a_product_comes_back_as_it_was_loaded(shop: Store) -> None:
    for product in (MILK, CREAM, APPLES):
        assert await shop.catalogue.find(product.code) == (product,)


async def test_a_product_is_found_by_each_of_its_codes(shop: Store) -> None:
    assert await shop.catalogue.find("3017620422010") == (EGGS,)
    assert await shop.catalogue.find("13017620422017") == (EGGS,)


@pytest.mark.parametrize(
    "code", ["00018166", "000000018166", "0000000018166", "00000000018166", " 00018166\n"]
)
async def test_a_gtin_is_found_however_many_zeros_stand_before_it(shop: Store, code: str) -> None:
    assert await shop.catalogue.find(code) == (CREAM,)


async def test_a_code_of_the_shops_own_has_no_case_but_its_zeros_count(shop: Store) -> None:
    assert await shop.catalogue.find("p-1") == (BREAD,)
    assert await shop.catalogue.find("0421") == ()


async def test_a_code_that_two_products_share_gives_both(shop: Store) -> None:
    assert await shop.catalogue.find("17") == (EGGS, BREAD)


@pytest.mark.parametrize("code", ["", "%", "' OR 1=1 --", "x" * 4000, "\x00"])
async def test_a_code_that_is_none_finds_nothing(shop: Store, code: str) -> None:
    assert await shop.catalogue.find(code) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lait", [MILK]),
        ("LAIT", [MILK]),
        ("ecreme", [MILK]),
        ("écrémé", [MILK]),
        ("oeuf", [EGGS]),
        ("œuf", [EGGS]),
        ("creme", [CREAM]),
        ("cr fr", [CREAM]),
        ("fr cr", [CREAM]),
        ("epaisse creme", [CREAM]),
        ("p", [EGGS, APPLES, BREAD]),
        ("p p", [EGGS, APPLES, BREAD]),
        ("pain campagne", [BREAD]),
        ("pain pommes", []),
        ("aisse", []),
        ("demi-écrémé", [MILK]),
        ("", list(PRODUCTS)),
        ("   ", list(PRODUCTS)),
        ("!?", []),
    ],
)
async def test_every_word_of_a_search_begins_a_word_of_the_label(
    shop: Store, text: str, found: list[ProductRecord]
) -> None:
    assert codes(await shop.catalogue.search(text)) == [product.code for product in found]


@pytest.mark.parametrize(
    "text",
    [
        '" OR *',
        "lait*",
        '"lait"',
        "lait AND pain",
        "NEAR(lait pain)",
        "words:lait",
        "^lait",
        "{",
        "-lait",
        "\x00",
    ],
)
async def test_hostile_searches_are_words_like_others(shop: Store, text: str) -> None:
    assert set(codes(await shop.catalogue.search(text))) <= {MILK.code}


async def test_a_list_is_read_a_page_at_a_time_in_a_stable_order(shop: Store) -> None:
    for text in ("", "p"):
        whole = await shop.catalogue.search(text)
        pages = [await shop.catalogue.search(text, limit=2, offset=offset) for offset in (0, 2, 4)]
        assert [product for page in pages for product in page] == list(whole)


async def test_a_customer_is_found_by_code_card_or_the_beginning_of_a_name(shop: Store) -> None:
    catalogue = shop.catalogue

    assert await catalogue.customer("C1") == await catalogue.customer("2900000000017") == ZOE
    assert await catalogue.customers("lef") == await catalogue.customers("zoe l") == (ZOE,)
    assert await catalogue.customers("290000") == (ZOE,)
    assert await catalogue.customers("", limit=1, offset=1) == (LEA,)
    assert await catalogue.customer("C9") is None


async def test_a_customers_own_code_comes_before_anothers_card(store: Store) -> None:
    other = CustomerRecord("C1", "Other", cards=("C2",))
    await store.catalogue.load(customers=(other, LEA), replace=True)

    assert await store.catalogue.customer("C2") == LEA


async def test_small_lists_keep_the_order_given(store: Store) -> None:
    users = (UserRecord("2", "Bob", "supervisor", "h"), UserRecord("1", "Ann", "cashier", "h"))
    methods = (
        MethodRecord("CASH", "Cash", gives_change=True),
        MethodRecord("CARD", "Card", families=("food",)),
    )
    families = (FamilyRecord("food", "Food"), FamilyRecord("dairy", "Dairy", "food"))
    shop = ShopRecord("Épicerie", ("1 rue A", "75000 Paris"))

    await store.catalogue.load(users=users, methods=methods, families=families, shop=shop, replace=True)

    catalogue = store.catalogue
    assert await catalogue.users() == users
    assert await catalogue.user("1") == users[1]
    assert await catalogue.user("9") is None
    assert await catalogue.methods() == methods
    assert await catalogue.families() == families
    assert await catalogue.shop() == shop


async def test_put_products_take_the_place_of_those_with_their_code(shop: Store) -> None:
    cheaper = ProductRecord(MILK.code, "Lait entier", 99, "5.5", other_codes=("99",))
    new = ProductRecord("500", "Sel", 80, "5.5")

    assert await shop.catalogue.put_products([cheaper, new]) == 2

    assert await shop.catalogue.find(MILK.code) == await shop.catalogue.find("99") == (cheaper,)
    assert await shop.catalogue.search("demi") == ()
    assert await shop.catalogue.search("lait") == (cheaper,)
    assert codes(await shop.catalogue.search("")) == [*codes(PRODUCTS), "500"]
    assert (await shop.catalogue.counts()).products == 6


async def test_the_last_product_is_replaced_beside_a_new_one(shop: Store) -> None:
    rye = ProductRecord(BREAD.code, "Pain de seigle", 410, "5.5")
    new = ProductRecord("500", "Sel", 80, "5.5")

    await shop.catalogue.put_products([new, rye])

    assert await shop.catalogue.search("seigle") == (rye,)
    assert await shop.catalogue.find("500") == (new,)
    assert codes(await shop.catalogue.search("")) == [*codes(PRODUCTS), "500"]


async def test_of_two_put_with_one_code_the_later_stands(store: Store) -> None:
    await store.catalogue.put_products([MILK, ProductRecord(MILK.code, "Lait cru", 140, "5.5")])

    assert [product.label for product in await store.catalogue.search("lait")] == ["Lait cru"]


async def test_products_that_the_feed_removes_are_not_found_any_more(shop: Store) -> None:
    gone = [Change("product", code, None) for code in (EGGS.code, "unknown")]
    await shop.feed.apply(gone, 1, "2026-11-22T12:00:00.000Z")

    assert await shop.catalogue.find(EGGS.code) == ()
    assert await shop.catalogue.find("17") == (BREAD,)
    assert await shop.catalogue.search("oeufs") == ()
    assert (await shop.catalogue.counts()).products == 4


async def test_put_customers_take_the_place_of_those_with_their_code(shop: Store) -> None:
    await shop.catalogue.put_customers([CustomerRecord("C1", "Zoé Petit")])

    assert [customer.name for customer in await shop.catalogue.customers("")] == ["Zoé Petit", "Léa Martin"]
    assert await shop.catalogue.customer("2900000000017") is None


LABELS = st.text(st.sampled_from("aAàÀœŒæ eéEÉcç'-_!1²ßÿ"), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(LABELS, min_size=1, max_size=8), text=LABELS)
def test_a_search_finds_what_a_reader_would(profile: Path, labels: list[str], text: str) -> None:
    async def found() -> list[str]:
        store = await open_store(profile, on_loop=True)
        products = [ProductRecord(str(n), label, 1, "20") for n, label in enumerate(labels)]
        await store.catalogue.load(products=products, replace=True)
        result = codes(await store.catalogue.search(text))
        await store.close()
        return result

    def matches(label: str) -> bool:
        words = words_of(label)
        return all(any(word.startswith(start) for word in words) for start in words_of(text))

    nothing = text.strip() != "" and not words_of(text)
    expected = [str(n) for n, label in enumerate(labels) if matches(label) and not nothing]
    assert asyncio.run(found()) == expected
