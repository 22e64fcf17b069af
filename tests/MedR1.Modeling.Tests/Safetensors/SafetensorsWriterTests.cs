using System.Buffers.Binary;
using System.Text;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    private string Path => _folder.File("a.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Writes_the_bytes_of_the_reference()
    {
        SafetensorsFile.Save(
            Path,
            [
                new("z", tensor(new byte[] { 7 })),
                new("b", tensor(new[] { 1f })),
                new("a.weight", tensor(new[] { 2f, 3f }).reshape(1, 2)),
                new("s", tensor(5L)),
            ]);

        // From safetensors.torch.save_file for the same tensors with metadata {"format": "pt"}: wider types first, then by
        // name.
        string header =
            """
            {"__metadata__":{"format":"pt"},
            "s":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
            "a.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},
            "b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},
            "z":{"dtype":"U8","shape":[1],"data_offsets":[20,21]}}
            """.ReplaceLineEndings("");
        string padded = header.PadRight((header.Length + 7) / 8 * 8);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded.Length);
        byte[] expected =
        [
            .. length,
            .. Encoding.UTF8.GetBytes(padded),
            .. BitConverter.GetBytes(5L),
            .. BitConverter.GetBytes(2f),
            .. BitConverter.GetBytes(3f),
            .. BitConverter.GetBytes(1f),
            7,
        ];
        Assert.Equal(expected, File.ReadAllBytes(Path));
    }

    // serde_json escapes these and nothing else (serde_json, ser.rs: the table ESCAPE): quotation mark, backslash, and below U+0020
    // by a letter where there is one, otherwise by four lower-case digits.
    [Fact]
    public void Escapes_in_names_what_the_reference_escapes()
    {
        const string Name = "\u2028<\u007f\U0001f600\ufeff\u00ad\"\\\u0001\u001f\b\t\n\f\r";
        SafetensorsFile.Save(Path, [new(Name, tensor(new byte[] { 7 }))], new Dictionary<string, string> { ["\U0001f600"] = Name });

        const string Escaped = "\u2028<\u007f\U0001f600\ufeff\u00ad\\\"\\\\\\u0001\\u001f\\b\\t\\n\\f\\r";
        string header = "{\"__metadata__\":{\"\U0001f600\":\"" + Escaped + "\"},\""
            + Escaped + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        Assert.Equal(header, Encoding.UTF8.GetString(File.ReadAllBytes(Path).AsSpan()[8..^1]).TrimEnd(' '));
        Assert.Equal([Name], SafetensorsFile.Load(Path).Keys);
    }

    [Fact]
    public void Writes_the_same_bytes_again_after_reading()
    {
        using Generator generator = new(1, CPU);
        SafetensorsFile.Save(
            Path,
            [
                new("\u00e4\"\\/<\U0001f600", randn([3, 5], generator: generator)),
                new("empty", zeros(0, 4)),
                new("half", randn([7], generator: generator).bfloat16()),
                new("flags", tensor(new[] { true, false })),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["note"] = "\u00fc & co" });

        using SafetensorsFile file = SafetensorsFile.Open(Path);
        string again = _folder.File("b.safetensors");
        SafetensorsFile.Save(again, SafetensorsFile.Load(Path), file.Metadata);

        Assert.Equal(File.ReadAllBytes(Path), File.ReadAllBytes(again));
    }

    [Fact]
    public void Converts_and_copies_in_pieces_while_it_writes()
    {
        // 12 Mi float32 numbers: the conversion and the transposed tensor take more than one piece of 32 MiB.
        Tensor rows = arange(0, 12 << 20, float32).reshape(12 << 10, 1 << 10);
        SafetensorsWriter.Write(
            Path,
            [
                SafetensorsItem.Of("half", rows, bfloat16),
                SafetensorsItem.Of("transposed", rows.t()),
                SafetensorsItem.Of("scalar", tensor(2f), float64),
                SafetensorsItem.Of("parameter", ones(2).requires_grad_()),
            ]);

        using SafetensorsFile file = SafetensorsFile.Open(Path);
        Assert.True(file.MapTensor("half").equal(rows.bfloat16()).all().item<bool>());
        Assert.True(file.MapTensor("transposed").equal(rows.t()).all().item<bool>());
        Assert.Equal(2.0, file.LoadTensor("scalar").item<double>());
        Assert.Equal([1f, 1f], file.LoadTensor("parameter").data<float>().ToArray());
    }

    [Fact]
    public void Creates_tensors_one_at_a_time_and_disposes_them()
    {
        List<Tensor> made = [];
        SafetensorsWriter.Write(
            Path, [SafetensorsItem.From("a", float32, [2], Make), SafetensorsItem.From("b", float32, [2], Make)]);

        Assert.All(made, tensor => Assert.True(tensor.IsInvalid));
        Assert.Equal(2, made.Count);

        Tensor Make()
        {
            Assert.All(made, tensor => Assert.True(tensor.IsInvalid));
            made.Add(ones(2));
            return made[^1];
        }
    }

    [Fact]
    public void Reports_progress_in_bytes()
    {
        List<long> reports = [];
        SafetensorsWriter.Write(
            Path,
            [SafetensorsItem.Of("a", zeros(2)), SafetensorsItem.Of("b", zeros(3))],
            progress: new Recorder(reports));

        Assert.Equal([8, 20], reports);
    }

    [Fact]
    public void Leaves_the_old_file_and_nothing_else_when_a_tensor_fails()
    {
        File.WriteAllText(Path, "old");

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => SafetensorsWriter.Write(
                Path,
                [
                    SafetensorsItem.Of("a", zeros(1000)),
                    SafetensorsItem.From("b", float32, [2], () => throw new InvalidOperationException("no values")),
                ]));

        Assert.Equal("no values", exception.Message);
        AssertOnlyOldFile();
    }

    [Fact]
    public void Leaves_the_old_file_and_nothing_else_when_it_is_cancelled()
    {
        File.WriteAllText(Path, "old");
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => SafetensorsWriter.Write(Path, [SafetensorsItem.Of("a", zeros(2))], cancellationToken: source.Token));
        AssertOnlyOldFile();
    }

    [Fact]
    public void Reports_a_disk_that_is_too_small_before_the_first_byte()
    {
        File.WriteAllText(Path, "old");
        SafetensorsItem petabyte = SafetensorsItem.From(
            "a", float32, [1L << 48], () => throw new InvalidOperationException("not asked for"));

        DiskFullException exception = Assert.Throws<DiskFullException>(() => SafetensorsWriter.Write(Path, [petabyte]));

        Assert.True(exception.RequiredBytes > 1L << 50);
        Assert.Contains($"'{Path}' needs {exception.RequiredBytes} bytes", exception.Message, StringComparison.Ordinal);
        AssertOnlyOldFile();
    }

    [Fact]
    public void Leaves_the_old_file_and_nothing_else_when_the_disk_fills_up_while_writing()
    {
        File.WriteAllText(Path, "old");

        using AtomicFile file = new(Path, 8, path => new FullStream(path));
        file.Append([1, 2, 3, 4]);
        DiskFullException exception = Assert.Throws<DiskFullException>(() => file.Append([5, 6, 7, 8]));

        // Already now, so that the free space that is reported has the bytes of the part.
        AssertOnlyOldFile();
        Assert.IsType<IOException>(exception.InnerException);
    }

    [Fact]
    public void Refuses_a_name_that_occurs_twice_or_is_reserved()
    {
        SafetensorsItem item = SafetensorsItem.Of("a", zeros(1));
        SafetensorsItem reserved = SafetensorsItem.Of("__metadata__", zeros(1));

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Path, [item, item]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Path, [reserved]));
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Refuses_values_of_a_different_shape_than_announced()
    {
        SafetensorsItem item = SafetensorsItem.From("a", float32, [3], () => zeros(2));

        InvalidOperationException exception =
            Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(Path, [item]));
        Assert.Contains("declared as [3], but is [2]", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Refuses_a_type_that_the_format_lacks()
    {
        Assert.Throws<NotSupportedException>(() => SafetensorsItem.Of("a", zeros(1, dtype: complex64)));
    }

    private void AssertOnlyOldFile()
    {
        Assert.Equal(["a.safetensors"], _folder.Files);
        Assert.Equal("old", File.ReadAllText(Path));
    }

    private sealed class Recorder(List<long> reports) : IProgress<long>
    {
        public void Report(long value) => reports.Add(value);
    }

    /// <summary>A file on a disk with room for four bytes.</summary>
    private sealed class FullStream(string path) : FileStream(path, FileMode.CreateNew, FileAccess.Write)
    {
        private const int NoSpaceLeft = 28;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Position + buffer.Length > 4)
            {
                throw new IOException("No space left on device", NoSpaceLeft);
            }

            base.Write(buffer);
        }
    }
}
