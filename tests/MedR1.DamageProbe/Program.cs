using System.Diagnostics;
using System.Globalization;
using MedR1.Imaging;
using MedR1.Imaging.Dicom;
using MedR1.TestSupport;

// <file> <copies> <seed> <most pixels>: decodes the file, then damaged copies of it, and prints by how many bytes the memory
// of this process has grown at most, including native decoders; or, without copies, what the file itself takes.
byte[] whole = File.ReadAllBytes(args[0]);
int count = int.Parse(args[1], CultureInfo.InvariantCulture);
int seed = int.Parse(args[2], CultureInfo.InvariantCulture);
long mostPixels = long.Parse(args[3], CultureInfo.InvariantCulture);
bool isDicom = args[0].EndsWith(".dcm", StringComparison.Ordinal);
SkiaImageDecoder decoder = new();
ImageDecodeOptions options = new() { MaxPixels = mostPixels };
DicomLimits limits = new() { MaxPixels = mostPixels, MaxInflatedBytes = mostPixels * 4 };

// A PNG of one pixel loads the native library, whose memory does not belong to the images.
decoder.Decode(Convert.FromBase64String(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="));
using Process process = Process.GetCurrentProcess();
long before = process.WorkingSet64;
int decoded = count > 0 ? 0 : Decode(whole);
for (int i = 0; i < count; i++)
{
    decoded += Decode(DamagedCopy.Of(whole, new Random(seed * 100_003 + i)));

    // Collects garbage, so that memory of the last image does not count for the next one.
    GC.GetTotalMemory(forceFullCollection: true);
}

process.Refresh();
Console.WriteLine(FormattableString.Invariant($"{process.PeakWorkingSet64 - before} {decoded}"));

int Decode(byte[] file)
{
    try
    {
        if (isDicom)
        {
            DicomFile.Read(file, limits).Render();
        }
        else
        {
            decoder.Decode(file, options);
        }

        return 1;
    }
    catch (Exception exception) when (exception is ImageFormatException or ImageTooLargeException or DicomException)
    {
        return 0;
    }
}
