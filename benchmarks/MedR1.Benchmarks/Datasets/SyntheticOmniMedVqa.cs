using System.Text.Json;

namespace MedR1.Benchmarks.Datasets;

/// <summary>Writes a folder in OmniMedVQA's layout: questions in 42 files like the real set, images of a given size.</summary>
internal static class SyntheticOmniMedVqa
{
    private const int Files = 42;
    private static readonly string[] s_letters = ["A", "B", "C", "D"];

    public static void Write(string folder, int items, int images, int imageSide, CancellationToken cancellationToken)
    {
        string annotations = Path.Combine(folder, "QA_information", "Open-access");
        Directory.CreateDirectory(annotations);
        Directory.CreateDirectory(Path.Combine(folder, "Images"));
        for (int i = 0; i < images; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            File.WriteAllBytes(Path.Combine(folder, ImagePath(i)), Image(i, imageSide));
        }

        for (int file = 0; file < Files; file++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using FileStream stream = File.Create(Path.Combine(annotations, $"Set {file:00}.json"));
            using Utf8JsonWriter writer = new(stream);
            writer.WriteStartArray();
            for (int i = file; i < items; i += Files)
            {
                WriteItem(writer, i, file, images);
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteItem(Utf8JsonWriter writer, int i, int file, int images)
    {
        writer.WriteStartObject();
        writer.WriteString("dataset", $"Set {file:00}");
        writer.WriteString("question_id", $"Set {file:00}_{i:000000}");
        writer.WriteString("question_type", QuestionType.Known[i % QuestionType.Known.Count].Value);
        writer.WriteString("question", $"Which of these findings is visible in picture number {i} of the series?");
        writer.WriteString("gt_answer", $"Finding {(i * 7 + i % 4) % 100} of the list");
        writer.WriteString("image_path", ImagePath(i % images));
        for (int option = 0; option < s_letters.Length; option++)
        {
            int finding = (i * 7 + option) % 100;
            writer.WriteString($"option_{s_letters[option]}", $"Finding {finding} of the list");
        }

        writer.WriteString("modality_type", ImagingModality.Known[i % ImagingModality.Known.Count].Value);
        writer.WriteEndObject();
    }

    private static string ImagePath(int i) => $"Images/{i:000000}.bmp";

    private static byte[] Image(int seed, int side)
    {
        byte[] pixels = new byte[side * side * 3];
        new Random(seed).NextBytes(pixels);
        using Stream stream = new PixelImageSource("picture", new RgbImage(side, side, pixels)).OpenRead();
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
