"""What every printer must do, then what each can fail at. The network printer talks to a decoding TCP
printer."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from app.hardware.file_printer import FilePrinter
from app.hardware.ports import InPrinter, NotPrinted, Printed, ReceiptPrinter, Trouble
from app.hardware.receipt_printer import NetworkPrinter, Patience
from documents.escpos import Paper, encode
from documents.raster import render
from documents.receipt_slip import receipt_slip
from domain.receipt import invoice_qr
from tests.documents.samples import credit_note, receipt
from tests.hardware.escpos_sink import Sink, running_sink

QUICK = Patience(connect=1.0, answer=0.3, proof=0.5)
SLIP = receipt_slip(receipt())
JOB = encode(SLIP)
SHORT = b"\x1b@a line\n\x1dV\x00"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture(params=["file", "network"])
def printer(request: pytest.FixtureRequest, tmp_path: Path, sink: Sink) -> ReceiptPrinter:
    if request.param == "file":
        return FilePrinter(tmp_path / "prints")
    return NetworkPrinter(sink.address, patience=QUICK)


# Every printer ----------------------------------------------------------------------------------------------


def test_job_is_printed(printer: ReceiptPrinter) -> None:
    assert printer.print(JOB) == Printed()


def test_several_threads_get_whole_receipts(printer: ReceiptPrinter) -> None:
    outcomes: list[object] = []
    threads = [threading.Thread(target=lambda: outcomes.append(printer.print(JOB))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert outcomes == [Printed()] * 4


def test_drawer_opens(printer: ReceiptPrinter) -> None:
    assert printer.open_drawer() == Printed()


def test_ready_printer_has_no_trouble(printer: ReceiptPrinter) -> None:
    assert printer.status().trouble is None


# On the network ---------------------------------------------------------------------------------------------


@pytest.fixture
def network(sink: Sink) -> NetworkPrinter:
    return NetworkPrinter(sink.address, patience=QUICK)


@pytest.mark.parametrize("native_qr", [True, False])
def test_receipt_on_paper_is_the_receipt(sink: Sink, network: NetworkPrinter, native_qr: bool) -> None:
    network.print(encode(SLIP, Paper(576, native_qr)))
    assert sink.wait_for(1)
    assert sink.unknown == []
    paper = sink.receipts[0]
    assert paper.codes == ([invoice_qr(receipt())] if native_qr else [])
    read = zxingcpp.read_barcodes(paper.render())
    assert [code.text for code in read] == [invoice_qr(receipt())]


def test_raster_on_paper_is_the_layout_dot_for_dot(sink: Sink, network: NetworkPrinter) -> None:
    network.print(encode(SLIP, Paper(576, native_qr=False)))
    assert sink.wait_for(1)
    drawn, wanted = sink.receipts[0].render(), render(SLIP).convert("L")
    assert drawn.size == wanted.size
    different = ImageChops.difference(drawn, wanted).histogram()[255]
    assert different <= 20  # dots blackened so that no picture row reads as a real-time command


def test_no_real_time_command_hides_in_a_picture() -> None:
    for slip in (SLIP, receipt_slip(credit_note())):
        job = encode(slip, Paper(576, native_qr=False))
        assert all(bytes((0x10, second)) not in job for second in (0x04, 0x05, 0x14))


def test_receipt_stays_small() -> None:
    assert len(JOB) < 90_000


def test_drawer_switch_is_read(sink: Sink, network: NetworkPrinter) -> None:
    assert not network.status().drawer_open
    network.open_drawer()
    assert sink.pulses == 1
    assert network.status().drawer_open


def test_low_paper_is_only_a_warning(sink: Sink, network: NetworkPrinter) -> None:
    sink.paper_low = True
    assert network.print(JOB) == Printed()
    status = network.status()
    assert status.paper_low
    assert status.trouble is None


@pytest.mark.parametrize(
    ("flag", "trouble"),
    [
        ("paper_out", Trouble.PAPER_OUT),
        ("cover_open", Trouble.COVER_OPEN),
        ("mute", Trouble.NO_ANSWER),
    ],
)
def test_trouble_before_the_job_sends_nothing(
    sink: Sink, network: NetworkPrinter, flag: str, trouble: Trouble
) -> None:
    setattr(sink, flag, True)
    assert network.print(JOB) == NotPrinted(trouble)
    assert network.open_drawer() == NotPrinted(trouble)
    assert network.status().trouble is trouble
    setattr(sink, flag, False)
    assert network.print(JOB) == Printed()
    assert len(sink.receipts) == 1
    assert sink.pulses == 0


@pytest.mark.parametrize(("flag", "trouble"), [("paper_out", Trouble.PAPER_OUT), ("mute", Trouble.NO_ANSWER)])
def test_trouble_during_the_job_leaves_it_in_the_printer(
    sink: Sink, network: NetworkPrinter, flag: str, trouble: Trouble
) -> None:
    sink.after_status = flag
    assert network.print(SHORT) == InPrinter(trouble)  # a long job is waited for as long as it may take
    setattr(sink, flag, False)
    assert network.print(SHORT) == Printed()


def test_line_that_ends_within_the_job_is_not_called_unprinted(sink: Sink, network: NetworkPrinter) -> None:
    sink.deaf_after = 20_000
    assert isinstance(network.print(JOB * 40), InPrinter)


def test_printer_that_is_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    network = NetworkPrinter(address, patience=QUICK)
    assert network.print(JOB) == NotPrinted(Trouble.UNREACHABLE)
    assert network.status().trouble is Trouble.UNREACHABLE


def test_printer_that_never_answers_can_be_told_so(sink: Sink) -> None:
    sink.mute = True
    assert NetworkPrinter(sink.address, answers=False, patience=QUICK).print(JOB) == Printed(proved=False)
    assert sink.wait_for(1)


def test_bytes_in_small_pieces_make_the_same_receipt(sink: Sink) -> None:
    with socket.create_connection(sink.address) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(JOB), 997):
            line.sendall(JOB[at : at + 997])
        assert sink.wait_for(1)
    assert sink.unknown == []


# Into a folder ----------------------------------------------------------------------------------------------


def test_files_are_numbered_whole_and_viewable(tmp_path: Path) -> None:
    folder = tmp_path / "prints"
    first = FilePrinter(folder)
    first.print(JOB)
    first.print(b"%PDF-1.4 ticket")
    FilePrinter(folder).open_drawer()
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["000001.bin", "000001.png", "000002.pdf", "000003-drawer.bin"]
    assert (folder / "000001.bin").read_bytes() == JOB
    with Image.open(io.BytesIO((folder / "000001.png").read_bytes())) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == [invoice_qr(receipt())]


def test_job_without_a_picture_is_kept_all_the_same(tmp_path: Path) -> None:
    assert FilePrinter(tmp_path).print(SHORT) == Printed()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000001.bin"]


def test_folder_that_cannot_be_written_is_trouble(tmp_path: Path) -> None:
    blocked = tmp_path / "prints"
    blocked.write_text("a file is in the way")
    printer = FilePrinter(blocked)
    assert printer.print(JOB) == NotPrinted(Trouble.FOLDER)
    assert printer.status().trouble is Trouble.FOLDER
