using System.Buffers.Binary;
using System.Text;

namespace MedR1.Modeling.Tests.Safetensors;

/// <summary>A temporary folder of one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("medr1-safetensors-").FullName;

    /// <summary>The names of all files, including hidden ones.</summary>
    public string[] Files => [.. Directory.GetFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order()];

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file with a given header, valid or not.</summary>
    public string Write(string name, string header, int dataLength, ulong? headerLength = null)
    {
        byte[] json = Encoding.Latin1.GetBytes(header);
        byte[] bytes = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, headerLength ?? (ulong)json.Length);
        json.CopyTo(bytes, 8);
        for (int index = 0; index < dataLength; index++)
        {
            bytes[8 + json.Length + index] = (byte)index;
        }

        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
