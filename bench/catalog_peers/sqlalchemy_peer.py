"""FastAPI with SQLAlchemy 2 asyncio: `uvicorn bench.catalog_peers.sqlalchemy_peer:app`.

/products has numbered pages with an exact count, /walk goes on behind an id and counts nothing.
"""

import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, DateTime, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PUBLIC_KEY = Path(os.environ["PEER_PUBLIC_KEY"]).read_text()
engine = create_async_engine(
    os.environ["PEER_DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://"), pool_size=10
)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "product"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str]
    sku: Mapped[str | None]
    price: Mapped[int] = mapped_column(BigInteger)
    is_active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProductOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    sku: str | None
    price: int
    created_at: datetime
    updated_at: datetime
    is_active: bool


class Page(BaseModel):
    items: list[ProductOut]
    total: int | None = None
    next_id: int | None = None


async def session() -> AsyncIterator[AsyncSession]:
    async with new_session() as opened:
        yield opened


async def current_user(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            credentials.credentials,
            PUBLIC_KEY,
            algorithms=["RS256"],
            audience="vitrina",
            issuer="http://localhost:8000",
        )
    except jwt.PyJWTError:
        raise HTTPException(401, "Unauthorized") from None
    return claims


Session = Annotated[AsyncSession, Depends(session)]
User = Annotated[dict[str, Any], Depends(current_user)]
app = FastAPI()


@app.get("/products", response_model=Page)
async def products(
    _user: User, session: Session, page: Annotated[int, Query(ge=1)] = 1, size: int = 20
) -> Any:
    active = select(Product).where(Product.is_active)
    total = await session.scalar(select(func.count()).select_from(active.subquery()))
    ordered = active.order_by(Product.created_at.desc(), Product.id.desc())
    items = await session.scalars(ordered.offset((page - 1) * size).limit(size))
    return {"items": items.all(), "total": total}


@app.get("/walk", response_model=Page)
async def walk(
    _user: User,
    session: Session,
    after: datetime | None = None,
    after_id: int = 0,
    size: int = 20,
) -> Any:
    query = select(Product).where(Product.is_active)
    if after is not None:
        query = query.where(tuple_(Product.created_at, Product.id) < tuple_(after, after_id))
    ordered = query.order_by(Product.created_at.desc(), Product.id.desc()).limit(size)
    items = (await session.scalars(ordered)).all()
    return {"items": items, "next_id": items[-1].id if items else None}
