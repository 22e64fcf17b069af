using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Training images with the question where they were cut from, answered roughly by their source and place: the model learns to tell real
/// images apart. Of the answers to the data's questions, only planes and hemispheres occur in places.
/// </summary>
/// <param name="examples">Questions of the training split of real-mini, of which only images and places are used.</param>
/// <param name="minCropFraction">The smallest fraction of an image's sides that an example shows, above 0; 1 for whole images.</param>
internal sealed partial class PlaceExamples(IEnumerable<VqaExample> examples, double minCropFraction) : IExampleSource
{
    private const string Question = "Where was this picture cut from?";

    private readonly VqaExample[] _images = [.. examples.DistinctBy(example => example.Images[0].Name)];
    private readonly ImageCropper _cropper = new(minCropFraction);

    public string Name => "places of training images";

    public PretrainingExample Next(Random random)
    {
        VqaExample image = _images[random.Next(_images.Length)];
        return new PretrainingExample(
        [
            ChatMessage.User(Wording.AskOpen(Question), [_cropper.Show(image.Images[0], random)]),
            ChatMessage.Assistant(Wording.Say(PlaceOf(image))),
        ]);
    }

    /// <summary>
    /// Source and place, with numbers rounded down to tens, or to hundreds from a thousand on, and only the start of ranges.
    /// </summary>
    private static string PlaceOf(VqaExample example)
    {
        string place = Number().Replace(Dropped().Replace(example.Metadata["place"], ""), match =>
        {
            int number = int.Parse(match.Value, CultureInfo.InvariantCulture);
            int step = number < 1000 ? 10 : 100;
            return (number / step * step).ToString(CultureInfo.InvariantCulture);
        });
        return $"{example.Metadata["source"]}, {place}";
    }

    // The ends of ranges, and millimetres next to the number of a slice.
    [GeneratedRegex(@"(?<=\d)-\d+|, [+-]?\d+ mm|[\[\]]")]
    private static partial Regex Dropped();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
