"""The cart as a class: whatever is done to it in whatever order, it cannot be wrong."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from catalog_service.bounds import MAX_LINES, MAX_QUANTITY, MAX_TOTAL
from catalog_service.cart.shopping_cart import CartProduct, ShoppingCart
from catalog_service.errors import CartFull, CartTotalTooLarge, NotInCart, TooManyPieces

TEA = CartProduct(id=1, price=250, name="Tea")
CUP = CartProduct(id=2, price=900, name="Cup")

PRICES = st.sampled_from([0, 1, 99, 49_900, MAX_TOTAL // MAX_QUANTITY, MAX_TOTAL])
PRODUCTS = st.builds(
    CartProduct, id=st.integers(1, 6), price=PRICES, name=st.just("x"), is_active=st.booleans()
)
QUANTITIES = st.one_of(st.integers(1, 5), st.integers(1, MAX_QUANTITY + 1))
REFUSALS = (TooManyPieces, CartFull, CartTotalTooLarge)


class Carts(RuleBasedStateMachine):
    """A cart beside the plainest model of one: quantities and products by id."""

    def __init__(self) -> None:
        super().__init__()
        self.cart = ShoppingCart()
        self.quantities: dict[int, int] = {}
        self.products: dict[int, CartProduct] = {}

    def expected_total(self, quantities: dict[int, int], products: dict[int, CartProduct]) -> int:
        return sum(
            products[product_id].price * quantity
            for product_id, quantity in quantities.items()
            if products[product_id].is_active
        )

    def take(self, quantities: dict[int, int], products: dict[int, CartProduct]) -> bool:
        """Become this in the model, if the caps allow that."""
        total = self.expected_total(quantities, products)
        before = self.expected_total(self.quantities, self.products)
        fits = max(quantities.values()) <= MAX_QUANTITY and total <= max(MAX_TOTAL, before)
        if fits:
            self.quantities, self.products = quantities, products
        return fits

    @rule(items=st.lists(st.tuples(PRODUCTS, QUANTITIES), min_size=1, max_size=4))
    def add_several(self, items: list[tuple[CartProduct, int]]) -> None:
        quantities, products = dict(self.quantities), dict(self.products)
        for product, quantity in items:
            quantities[product.id] = quantities.get(product.id, 0) + quantity
            products[product.id] = product
        if self.take(quantities, products):
            self.cart.add(items)
        else:
            with pytest.raises(REFUSALS):
                self.cart.add(items)

    @rule(product=PRODUCTS, quantity=QUANTITIES)
    def add_one_or_a_list_of_it_alike(self, product: CartProduct, quantity: int) -> None:
        twin = ShoppingCart(self.cart)
        quantities = {**self.quantities}
        quantities[product.id] = quantities.get(product.id, 0) + quantity
        if self.take(quantities, {**self.products, product.id: product}):
            self.cart.add(product, quantity)
            twin.add([product], quantity)
        else:
            with pytest.raises(REFUSALS):
                self.cart.add(product, quantity)
            with pytest.raises(REFUSALS):
                twin.add([product], quantity)
        assert list(self.cart) == list(twin)

    @rule(product_id=st.integers(1, 6), quantity=QUANTITIES)
    def change(self, product_id: int, quantity: int) -> None:
        if product_id not in self.quantities:
            with pytest.raises(NotInCart):
                self.cart.change(product_id, quantity)
        elif self.take({**self.quantities, product_id: quantity}, self.products):
            self.cart.change(product_id, quantity)
        else:
            with pytest.raises(REFUSALS):
                self.cart.change(product_id, quantity)

    @rule(product_id=st.integers(1, 6))
    def remove(self, product_id: int) -> None:
        self.cart.remove(product_id)
        self.quantities.pop(product_id, None)

    @rule()
    def clear(self) -> None:
        self.cart.clear()
        self.quantities = {}

    @invariant()
    def holds_what_was_put_in_and_comes_to_its_price(self) -> None:
        assert {line.product.id: line.quantity for line in self.cart} == self.quantities
        assert len(self.cart) == len(self.quantities)
        assert self.cart.total == self.expected_total(self.quantities, self.products)
        assert self.cart.total == sum(line.total for line in self.cart)

    @invariant()
    def no_cap_is_broken(self) -> None:
        assert all(1 <= line.quantity <= MAX_QUANTITY for line in self.cart)
        assert self.cart.total <= MAX_TOTAL


TestWhateverIsDoneToACart = Carts.TestCase
TestWhateverIsDoneToACart.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None
)


def test_a_new_cart_is_empty_and_free() -> None:
    cart = ShoppingCart()

    assert (len(cart), list(cart), cart.total) == (0, [], 0)


def test_one_product_several_and_several_with_quantities_can_be_added() -> None:
    cart = ShoppingCart()

    cart.add(TEA)
    cart.add(TEA, 2)
    cart.add([TEA, CUP])
    cart.add([(CUP, 2), (TEA, 1), (CUP, 1)])

    assert [(line.product.name, line.quantity) for line in cart] == [("Tea", 5), ("Cup", 4)]
    assert cart.total == 5 * 250 + 4 * 900


def test_two_hundred_products_fit_and_one_more_is_refused_with_all_that_came_with_it() -> None:
    cart = ShoppingCart()
    cart.add([CartProduct(id=number, price=1) for number in range(MAX_LINES)])

    with pytest.raises(CartFull):
        cart.add([(CartProduct(id=0, price=1), 5), (CartProduct(id=MAX_LINES, price=1), 1)])

    assert len(cart) == cart.total == MAX_LINES


def test_too_many_pieces_are_named() -> None:
    cart = ShoppingCart()
    cart.add(TEA, MAX_QUANTITY)

    with pytest.raises(TooManyPieces) as refusal:
        cart.add(TEA)

    [field] = refusal.value.fields
    assert (field.field, field.message) == ("products.1", "1000 wanted, at most 999 allowed")


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_can_be_put_in_less_than_once(quantity: int) -> None:
    cart = ShoppingCart()
    cart.add(TEA)

    with pytest.raises(ValueError, match="whole pieces"):
        cart.add([(CUP, 1), (TEA, quantity)])
    with pytest.raises(ValueError, match="whole pieces"):
        cart.change(TEA.id, quantity)

    assert [(line.product.id, line.quantity) for line in cart] == [(1, 1)]


def test_what_is_not_for_sale_any_more_stays_in_the_cart_and_costs_nothing() -> None:
    cart = ShoppingCart()
    cart.add([TEA, CartProduct(id=2, price=900, is_active=False)])

    assert len(cart) == 2
    assert cart.total == TEA.price


def test_what_is_added_again_has_the_new_price_and_its_old_place() -> None:
    cart = ShoppingCart()
    cart.add([TEA, CUP])

    cart.add(CartProduct(id=1, price=300, name="Tea"))

    assert [line.price_when_added for line in cart] == [300, 900]
    assert cart.total == 2 * 300 + 900


def test_a_cart_that_prices_made_too_dear_can_still_be_made_cheaper() -> None:
    cart = ShoppingCart()
    cart.add(TEA, 3)
    dear = [
        type(line)(CartProduct(id=1, price=MAX_TOTAL), line.quantity, line.price_when_added)
        for line in cart
    ]
    cart = ShoppingCart(dear)

    with pytest.raises(CartTotalTooLarge):
        cart.change(1, 4)
    cart.change(1, 2)
    cart.change(1, 1)

    assert cart.total == MAX_TOTAL
