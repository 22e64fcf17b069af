using MedR1.Imaging.Tiff;
using MedR1.Models.Qwen2VL;

namespace MedR1.Samples;

/// <summary>Loads processors that read all image files of real data sets.</summary>
internal static class ImageFiles
{
    /// <summary>The processor of a checkpoint, which also reads TIFF: some of OmniMedVQA's images are.</summary>
    public static Qwen2VLProcessor LoadProcessor(string checkpoint) =>
        Qwen2VLProcessor.Load(checkpoint, new ImageProcessorOptions { Decoder = new TiffImageDecoder() });
}
