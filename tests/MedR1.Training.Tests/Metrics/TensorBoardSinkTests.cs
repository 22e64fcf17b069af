using System.Buffers.Binary;
using System.Text;

namespace MedR1.Training.Tests;

public sealed class TensorBoardSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    // Check values of CRC-32C: RFC 3720, appendix B.4 (32 bytes of zeros: 0x8A9136AA; of ones: 0x62A8AB43). The mask is
    // ((crc >> 15) | (crc << 17)) + 0xA282EAD8 (TensorFlow, core/lib/hash/crc32c.h).
    [InlineData((byte)0x00, 0x8A9136AAu)]
    [InlineData((byte)0xFF, 0x62A8AB43u)]
    public void Records_carry_masked_crc32c(byte fill, uint crc)
    {
        byte[] data = [.. Enumerable.Repeat(fill, 32)];

        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u), EventRecord.MaskedCrc(data));
    }

    [Fact]
    public async Task Tensor_board_files_hold_framed_events_of_scalars()
    {
        string path;
        using (TensorBoardSink sink = new(_folder))
        {
            path = sink.FilePath;
            await sink.WriteAsync(Measured.Step(300, ("reward", 1.5), ("kl", double.NaN)));
        }

        List<byte[]> records = ReadRecords(File.ReadAllBytes(path));
        Assert.Equal(2, records.Count);
        Assert.Contains("brain.Event:2", Encoding.UTF8.GetString(records[0]));
        // 2: step as a varint (300 = 0xAC 0x02); 5: summary { 1: value { 1: tag, 2: float } }; 1.5f = 0x3FC00000.
        byte[] expected =
        [
            0x10, 0xAC, 0x02, 0x2A, 0x0F, 0x0A, 0x0D, 0x0A, 0x06, .. "reward"u8, 0x15, 0x00, 0x00, 0xC0, 0x3F,
        ];
        Assert.Equal(expected, records[1][9..]);
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path));
    }

    [Fact]
    public async Task Events_carry_their_time_and_step_numbers_of_more_than_seven_bits()
    {
        // Fields 1, a double, and 2, a varint: 127 is the last in one byte, and 128 = 0x80 0x01. Two sinks of one second have two files.
        Clock clock = new();
        string folder = Path.Combine(_folder, "new", "run");
        using TensorBoardSink first = new(folder, clock), second = new(folder, clock), third = new(folder, clock);
        Assert.Equal(3, Directory.GetFiles(folder).Length);
        foreach (long step in new[] { 0L, 127, 128, 1L << 35 })
        {
            await third.WriteAsync(Measured.Step(step, ("x", 1)));
        }

        List<byte[]> records = ReadRecords(File.ReadAllBytes(third.FilePath));
        Assert.All(records, record => Assert.Equal((0x09, 1_700_000_000.25), (record[0], BitConverter.ToDouble(record, 1))));
        Assert.Equal([0x10, 0x00, 0x2A], records[1][9..12]);
        Assert.Equal([0x10, 0x7F, 0x2A], records[2][9..12]);
        Assert.Equal([0x10, 0x80, 0x01, 0x2A], records[3][9..13]);
        Assert.Equal([0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x2A], records[4][9..17]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<byte[]> ReadRecords(byte[] file)
    {
        List<byte[]> records = [];
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(EventRecord.MaskedCrc(file.AsSpan(at, 8)),
                BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] record = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(
                EventRecord.MaskedCrc(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(record);
            at += length + 16;
        }

        return records;
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
    }
}
