using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>Compares an image with its fingerprint in a case.</summary>
public static class Fingerprint
{
    /// <summary>Whether size and check sum agree.</summary>
    public static bool Matches(RgbImage image, JsonElement expected) =>
        image.Width == expected.GetProperty("width").GetInt32()
        && image.Height == expected.GetProperty("height").GetInt32()
        && CheckSum(image) == expected.GetProperty("crc32").GetString();

    /// <summary>
    /// Compares size, check sum, sum of the bytes and samples, and reports the first pixel that differs.
    /// </summary>
    public static void Check(Checker checker, string field, RgbImage image, JsonElement expected)
    {
        string size = $"{expected.GetProperty("width")} x {expected.GetProperty("height")}";
        checker.Equal($"{field} size", size, $"{image.Width} x {image.Height}");
        if (size != $"{image.Width} x {image.Height}")
        {
            return;
        }

        checker.Equal($"{field} crc32", expected.GetProperty("crc32").GetString(), CheckSum(image));
        long sum = 0;
        foreach (byte value in image.Pixels.Span)
        {
            sum += value;
        }

        checker.Equal($"{field} sum", expected.GetProperty("sum").GetInt64(), sum);
        foreach (JsonElement sample in expected.GetProperty("samples").EnumerateArray())
        {
            (int x, int y) = (sample[0].GetInt32(), sample[1].GetInt32());
            string rgb = string.Join(' ', image.Pixels.Slice((y * image.Width + x) * 3, 3).ToArray());
            checker.Equal($"{field} pixel ({x}, {y})", $"{sample[2]} {sample[3]} {sample[4]}", rgb);
        }
    }

    /// <summary>CRC-32 of the bytes as eight hexadecimal digits.</summary>
    public static string CheckSum(RgbImage image) => CheckSum(image.Pixels.Span);

    /// <summary>CRC-32 of bytes as eight hexadecimal digits.</summary>
    public static string CheckSum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return (~crc).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
