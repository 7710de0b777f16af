"""Problems a person must know about: one open alert for one problem."""

from datetime import datetime

from contractor_auto.store.tables import Alert


def raise_alert(now: datetime, *, kind: str, title: str, why: str, scope: str = "") -> bool:
    """Open an alert, or count one more of the same. True when it is new."""
    new = Alert.insert(kind=kind, scope=scope, title=title, why=why, first_at=now, last_at=now)
    if new.on_conflict_ignore().as_rowcount().execute():
        return True
    Alert.update(last_at=now, times=Alert.times + 1, why=why).where(
        Alert.kind == kind, Alert.scope == scope, Alert.state != Alert.RESOLVED
    ).execute()
    return False


def resolve_alert(now: datetime, *, kind: str, scope: str = "") -> bool:
    """The condition is over. True when there was such an alert."""
    query = Alert.update(state=Alert.RESOLVED, resolved_at=now).where(
        Alert.kind == kind, Alert.scope == scope, Alert.state != Alert.RESOLVED
    )
    return bool(query.execute())


def open_alerts() -> list[Alert]:
    return list(Alert.select().where(Alert.state != Alert.RESOLVED).order_by(Alert.first_at))
