"""Rules of an event as a whole: which parts must stand together (EPCIS 2.0 sections 7.4.1 to 7.4.6)."""

from __future__ import annotations

from collections.abc import Callable

from guomen.core.epcis import model
from guomen.core.epcis.errors import Problems


def _object(event: model.ObjectEvent, path: str, problems: Problems) -> None:
    if not (event.epc_list or event.quantity_list or event.sensor_element_list):
        problems.add(path, "an ObjectEvent needs an epcList, a quantityList or a sensorElementList", event.type)
    if event.ilmd and event.action != "ADD":
        problems.add(f"{path}/ilmd", "an ObjectEvent carries ILMD only when its action is ADD", event.action)


def _parent_and_children(event: model.AggregationEvent | model.AssociationEvent, path: str, problems: Problems) -> None:
    parent_optional = event.action == "OBSERVE" and isinstance(event, model.AggregationEvent)
    if event.parent_id is None and not parent_optional:
        rule = "an {type} with action {action} needs a parentID"
        problems.add(f"{path}/parentID", rule, None, type=event.type, action=event.action)
    if event.action != "DELETE" and not (event.child_epcs or event.child_quantity_list):
        rule = "an {type} with action {action} needs children"
        problems.add(path, rule, event.type, type=event.type, action=event.action)


def _transaction(event: model.TransactionEvent, path: str, problems: Problems) -> None:
    if not event.biz_transaction_list:
        problems.add(f"{path}/bizTransactionList", "a TransactionEvent needs a business transaction", None)
    if event.action != "DELETE" and not (event.parent_id or event.epc_list or event.quantity_list):
        problems.add(path, "a TransactionEvent that is not a DELETE names what it is about", event.type)


def _transformation(event: model.TransformationEvent, path: str, problems: Problems) -> None:
    inputs = event.input_epc_list or event.input_quantity_list
    outputs = event.output_epc_list or event.output_quantity_list
    if event.transformation_id is None and not (inputs and outputs):
        problems.add(path, "a TransformationEvent needs inputs and outputs, or a transformationID", event.type)
    if not (inputs or outputs):
        problems.add(path, "a TransformationEvent needs inputs or outputs", event.type)


def _ilmd(event: model.Event, path: str, problems: Problems) -> None:
    if isinstance(event, model.ObjectEvent | model.TransformationEvent):
        for key in event.ilmd:
            if ":" not in key:
                problems.add(f"{path}/ilmd/{key}", "must have a namespace prefix", key)


def _persistent(event: model.Event, path: str, problems: Problems) -> None:
    change = event.persistent_disposition
    if change is not None and not (change.set or change.unset):
        problems.add(f"{path}/persistentDisposition", "needs set or unset", {})


_RULES: dict[type[model.Event], Callable[..., None]] = {
    model.ObjectEvent: _object,
    model.AggregationEvent: _parent_and_children,
    model.AssociationEvent: _parent_and_children,
    model.TransactionEvent: _transaction,
    model.TransformationEvent: _transformation,
}


def check_event(event: model.Event, path: str, problems: Problems) -> None:
    """Add a problem for every whole-event rule that `event` breaks."""
    _RULES[type(event)](event, path, problems)
    _ilmd(event, path, problems)
    _persistent(event, path, problems)
