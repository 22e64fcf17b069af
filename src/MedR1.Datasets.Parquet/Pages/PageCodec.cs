using System.IO.Compression;
using global::Parquet.Meta;
using K4os.Compression.LZ4;
using Snappier;
using ZstdSharp;

namespace MedR1.Datasets.Parquet;

/// <summary>Decompresses pages.</summary>
internal static class PageCodec
{
    /// <summary>Decompresses the bytes of a page.</summary>
    /// <param name="codec">The column's compression.</param>
    /// <param name="packed">The bytes in the file.</param>
    /// <param name="unpackedBytes">The number of bytes that the page's header claims.</param>
    /// <exception cref="InvalidDataException">
    /// The bytes can't be decompressed, or decompress to a different number of bytes.
    /// </exception>
    public static byte[] Unpack(CompressionCodec codec, ReadOnlySpan<byte> packed, int unpackedBytes)
    {
        byte[] unpacked = new byte[unpackedBytes];
        if (unpackedBytes == 0)
        {
            return unpacked;
        }

        int count;
        switch (codec)
        {
            case CompressionCodec.UNCOMPRESSED:
                count = packed.Length;
                packed[..Math.Min(count, unpackedBytes)].CopyTo(unpacked);
                break;
            case CompressionCodec.SNAPPY:
                count = Snappy.Decompress(packed, unpacked);
                break;
            case CompressionCodec.GZIP:
                count = Unpack(packed, stream => new GZipStream(stream, CompressionMode.Decompress), unpacked);
                break;
            case CompressionCodec.BROTLI:
                count = Unpack(packed, stream => new BrotliStream(stream, CompressionMode.Decompress), unpacked);
                break;
            case CompressionCodec.ZSTD:
                using (Decompressor zstd = new())
                {
                    count = zstd.Unwrap(packed, unpacked);
                }

                break;
            case CompressionCodec.LZ4_RAW:
                count = LZ4Codec.Decode(packed, unpacked);
                break;
            default:
                throw new InvalidDataException(
                    $"the compression {codec} is not supported. Write the file with another one, such as ZSTD.");
        }

        return count == unpackedBytes
            ? unpacked
            : throw new InvalidDataException($"a page has {count} bytes, but its header declares {unpackedBytes}.");
    }

    private static int Unpack(ReadOnlySpan<byte> packed, Func<Stream, Stream> open, byte[] unpacked)
    {
        using Stream stream = open(new MemoryStream(packed.ToArray(), writable: false));
        return stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
    }
}
