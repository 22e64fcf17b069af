using System.Buffers.Binary;
using global::Parquet.Meta;
using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>Rewrites the pages of a column that Parquet.Net can't read reliably.</summary>
internal static class PlainPages
{
    /// <summary>Returns the column as uncompressed first-version pages whose values are plain or dictionary indices.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="pages">The column's pages.</param>
    /// <param name="column">The column's compression and physical type.</param>
    /// <param name="field">The column's schema, which determines its levels.</param>
    /// <param name="budget">The budget for the values of all pages.</param>
    /// <exception cref="InvalidDataException">A page is damaged, or the pages take more than the budget.</exception>
    public static byte[] Of(
        Stream stream, IReadOnlyList<Page> pages, ColumnMetaData column, DataField field, ByteBudget budget)
    {
        PageWriter writer = new();
        foreach (Page page in pages)
        {
            if (page.Kind is not (PageKind.Data or PageKind.DataV2 or PageKind.Dictionary))
            {
                continue;
            }

            budget.Take(page.UnpackedBytes);
            byte[] packed = new byte[page.PackedBytes];
            stream.Position = page.Start;
            stream.ReadExactly(packed);
            (byte[] levels, byte[] content) = page.Kind == PageKind.DataV2
                ? Second(page, packed, column.Codec, field)
                : First(page, PageCodec.Unpack(column.Codec, packed, page.UnpackedBytes), field);
            PageEncoding encoding = page.Encoding;
            if (page.Kind != PageKind.Dictionary && page.HasOddEncoding)
            {
                content = new DeltaReader(content, page.Values, budget).ToPlain(page.Encoding, column.Type);
                encoding = PageEncoding.Plain;
            }
            else if (page.Kind != PageKind.Dictionary && content.Length == 0
                && encoding is PageEncoding.Dictionary or PageEncoding.PlainDictionary)
            {
                // If all values are null, a writer may leave out the bit width of the indices, which the reader expects.
                content = [0];
            }

            writer.Write(
                page.Kind == PageKind.Dictionary ? PageKind.Dictionary : PageKind.Data, encoding, page.Values,
                [.. levels, .. content]);
        }

        return writer.ToArray();
    }

    // In a first-version page, each kind of level is preceded by its size; a dictionary page has no levels.
    private static (byte[] Levels, byte[] Values) First(Page page, byte[] body, DataField field)
    {
        int start = 0;
        if (page.Kind == PageKind.Data && page.HasOddEncoding)
        {
            int kinds = (field.MaxRepetitionLevel > 0 ? 1 : 0) + (field.MaxDefinitionLevel > 0 ? 1 : 0);
            for (int kind = 0; kind < kinds; kind++)
            {
                int size = body.Length - start >= sizeof(int)
                    ? BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(start)) : -1;
                start = size >= 0 && size <= body.Length - start - sizeof(int)
                    ? start + sizeof(int) + size
                    : throw new InvalidDataException("a page's levels are damaged.");
            }
        }

        return (body[..start], body[start..]);
    }

    // The levels of a second-version page are never compressed, and their sizes are in its header.
    private static (byte[] Levels, byte[] Values) Second(
        Page page, byte[] body, CompressionCodec codec, DataField field)
    {
        int start = page.RepetitionBytes + page.DefinitionBytes;
        byte[] values = page.IsPlain
            ? body[start..] : PageCodec.Unpack(codec, body.AsSpan(start), page.UnpackedBytes - start);
        using MemoryStream levels = new();
        Append(body.AsSpan(0, page.RepetitionBytes), field.MaxRepetitionLevel);
        Append(body.AsSpan(page.RepetitionBytes, page.DefinitionBytes), field.MaxDefinitionLevel);
        return (levels.ToArray(), values);

        void Append(ReadOnlySpan<byte> level, int deepest)
        {
            if (deepest > 0)
            {
                Span<byte> size = stackalloc byte[sizeof(int)];
                BinaryPrimitives.WriteInt32LittleEndian(size, level.Length);
                levels.Write(size);
                levels.Write(level);
            }
        }
    }
}
