using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace MedR1.TestSupport;

/// <summary>
/// Measures the memory of decoding, including native memory, in a separate process (MedR1.DamageProbe), because other tests
/// run in this one.
/// </summary>
internal static class DecoderMemory
{
    private const string Program = "MedR1.DamageProbe.dll";
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    /// <summary>Measures by how many bytes the process grows at most.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ending">The ending of its name; <c>.dcm</c> is read as DICOM.</param>
    /// <param name="copies">The number of damaged copies to decode; 0 for the file itself.</param>
    /// <param name="seed">The seed of the damage.</param>
    /// <param name="mostPixels">The limit on pixels of the decoder.</param>
    /// <returns>The growth in bytes, and the number of decoded copies.</returns>
    public static (long Bytes, int Decoded) Measure(byte[] file, string ending, int copies, int seed, long mostPixels)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ending);
        File.WriteAllBytes(path, file);
        try
        {
            string[] arguments = [path, .. ((long[])[copies, seed, mostPixels]).Select(one => one.ToString(CultureInfo.InvariantCulture))];
            ProcessStartInfo start = new(
                Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, Program), .. arguments])
            {
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            bool ended = process.WaitForExit(s_longest);
            if (!ended)
            {
                process.Kill();
            }

            Assert.True(ended, $"The damaged copies were not decoded within {s_longest}.");
            Assert.Equal(0, process.ExitCode);
            string[] numbers = output.Result.Split(' ', StringSplitOptions.TrimEntries);
            return (long.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
