"""Domain objects to what goes over HTTP."""

from __future__ import annotations

from koubo.catalog.store import LiveProduct
from serve_apps.parts import LiveUpdate, PartState, ProductPage, SkuUpdate
from serve_apps.schemas import (
    FactOut,
    Health,
    LivePatch,
    PartOut,
    ProductOut,
    ProductPageOut,
    ProductSummary,
    SkuOut,
)


def product_answer(live: LiveProduct) -> ProductOut:
    """A product at a moment, with everything known about it."""
    product = live.product
    return ProductOut(
        **dict(product_summary(live)),
        brief=product.brief,
        unit=product.unit,
        list_price=live.list_price,
        attributes=product.attributes,
        skus=_skus(live),
        promotions=live.promotions,
        facts=tuple(FactOut.model_validate(f) for f in live.facts),
        version=live.version,
        at=live.at,
        not_after=live.not_after,
    )


def _skus(live: LiveProduct) -> tuple[SkuOut, ...]:
    return tuple(
        SkuOut(
            id=sku.id,
            options=sku.options,
            price=live.sku_prices[sku.id],
            list_price=sku.list_price,
            stock=live.sku_stocks[sku.id],
        )
        for sku in live.product.skus
    )


def product_summary(live: LiveProduct) -> ProductSummary:
    """A product in a list."""
    product = live.product
    return ProductSummary(
        id=product.id,
        title=product.title,
        brand=product.brand,
        category=product.category,
        price=live.price,
        price_is_range=live.price_is_range,
        stock=live.stock,
    )


def page_answer(page: ProductPage, offset: int, limit: int) -> ProductPageOut:
    """A page of products."""
    after = offset + len(page.products)
    return ProductPageOut(
        total=page.total,
        offset=offset,
        limit=limit,
        next_offset=after if after < page.total else None,
        products=tuple(product_summary(live) for live in page.products),
    )


def to_update(patch: LivePatch) -> LiveUpdate:
    """The live values that a request brings."""
    return LiveUpdate(patch.price, patch.stock, tuple(SkuUpdate(s.id, s.price, s.stock) for s in patch.skus))


def health_answer(states: dict[str, PartState], approved_only: bool) -> Health:
    """ok, degraded where planned sections or rules stand in, down where nothing can be said of a product."""
    parts = {name: PartOut.model_validate(state) for name, state in states.items()}
    needed = all(parts[name].status == "ok" for name in ("facts", "scorer", "reader"))
    status = "down" if not needed else "ok" if all(part.status == "ok" for part in parts.values()) else "degraded"
    return Health(status=status, parts=parts, approved_only=approved_only)
