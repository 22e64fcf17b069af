using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace MedR1.TestSupport;

/// <summary>
/// Measures what decoding takes, native memory included, by a process of its own (MedR1.DamageProbe): other tests run in
/// this one.
/// </summary>
internal static class DecoderMemory
{
    private const string Program = "MedR1.DamageProbe.dll";
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    /// <summary>By how many bytes the process grew at most.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ending">How its name ends; <c>.dcm</c> is read as DICOM.</param>
    /// <param name="copies">How many damaged copies to decode; 0 for the file itself.</param>
    /// <param name="seed">Where the choices of damage start.</param>
    /// <param name="mostPixels">The limit on pixels that the decoder is given.</param>
    /// <returns>The growth in bytes, and how many copies were decoded.</returns>
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
