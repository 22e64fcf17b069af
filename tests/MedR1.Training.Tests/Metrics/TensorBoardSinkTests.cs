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
}
