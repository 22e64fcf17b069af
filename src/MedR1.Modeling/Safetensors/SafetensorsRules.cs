namespace MedR1.Modeling;

/// <summary>Checks the tensors of a safetensors header: known types, byte lengths that match shape and type, contiguous ranges.</summary>
internal static class SafetensorsRules
{
    /// <summary>Creates the entry of a tensor from its description; the offset is relative to the data.</summary>
    /// <exception cref="SafetensorsFormatException">The type is unknown, or shape and byte range differ in size.</exception>
    public static SafetensorsEntry Entry(
        string file, string name, string typeName, long[] shape, long[] offsets)
    {
        if (!SafetensorsTypes.TryParse(typeName, out SafetensorsType type))
        {
            throw new SafetensorsFormatException(
                file,
                name,
                $"the type '{typeName}' is unknown",
                $"Convert it to one of {SafetensorsTypes.KnownNames}.");
        }

        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            string found = string.Join(", ", offsets);
            throw new SafetensorsFormatException(file, name, $"data_offsets is [{found}], not a start followed by an end");
        }

        string shapeText = $"[{string.Join(", ", shape)}]";
        UInt128 bytes = (UInt128)type.ElementSize();
        foreach (long size in shape)
        {
            bytes *= (UInt128)size;
            if (bytes > long.MaxValue)
            {
                throw new SafetensorsFormatException(
                    file, name, $"a tensor {typeName} {shapeText} has more bytes than a file can hold");
            }
        }

        long length = offsets[1] - offsets[0];
        return (long)bytes == length
            ? new SafetensorsEntry(name, type, shape, offsets[0], length)
            : throw new SafetensorsFormatException(
                file,
                name,
                $"a tensor {typeName} {shapeText} has {bytes} bytes, "
                + $"but data_offsets [{offsets[0]}, {offsets[1]}] span {length}");
    }

    /// <summary>Checks that the tensors cover the data without overlaps or holes.</summary>
    /// <exception cref="SafetensorsFormatException">There is an overlap or a hole.</exception>
    public static void CheckRanges(string file, IEnumerable<SafetensorsEntry> entries, long dataLength)
    {
        long end = 0;
        string? before = null;
        foreach (SafetensorsEntry entry in
            entries.OrderBy(entry => entry.Offset).ThenBy(entry => entry.ByteLength))
        {
            if (entry.Offset != end)
            {
                string fault = entry.Offset < end ? "overlap" : "leave a gap";
                string where = before is null ? "the start of the data" : $"the end of tensor '{before}'";
                throw new SafetensorsFormatException(
                    file, entry.Name, $"its bytes begin at {entry.Offset}, but {where} is at {end}: they {fault}");
            }

            end += entry.ByteLength;
            before = entry.Name;
        }

        if (end != dataLength)
        {
            string fault = dataLength < end ? "the file is truncated" : "bytes at the end belong to no tensor";
            throw new SafetensorsFormatException(
                file, null, $"the tensors have {end} bytes, but {dataLength} follow the header: {fault}");
        }
    }
}
