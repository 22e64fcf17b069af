using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The positions of tokens in time, height and width (arXiv 2409.12191, section 2.1): a text token advances all three axes at
/// once, an image spans height and width from the current position, and the text after it continues from the largest position.
/// </summary>
internal static class Qwen2VLLayout
{
    // Positions are computed in float32, which holds every integer up to this one.
    private const int LastPosition = 1 << 24;

    public static PromptLayout Of(Qwen2VLConfiguration configuration) => new(
        configuration.Text.VocabularySize, configuration.Text.ContextLength, axes: 3,
        [configuration.ImageTokenId, configuration.VideoTokenId], image => PositionsOf(configuration.Vision, image));

    private static ImagePositions PositionsOf(Qwen2VLVisionConfiguration vision, EncodedImage image)
    {
        double end = image.Grid.Frames > 1 && vision.TokensPerSecond > 0
            ? (image.Grid.Frames - 1) * image.SecondsPerFrame * vision.TokensPerSecond : 0;
        if (!(end >= 0 && end <= LastPosition))
        {
            throw new InvalidPromptException(
                $"A clip of {image.Grid.Frames} frames has {image.SecondsPerFrame.ToText()} seconds between them, so that the last would be "
                + $"at the position {end.ToText()}; give seconds from 0, with positions up to {LastPosition}.");
        }

        (int rows, int columns) = (image.Grid.Rows / vision.SpatialMergeSize, image.Grid.Columns / vision.SpatialMergeSize);
        List<int> time = [], height = [], width = [];
        int last = 0;
        for (int frame = 0; frame < image.Grid.Frames; frame++)
        {
            // Qwen2.5-VL counts time in seconds, Qwen2-VL in frames.
            last = vision.TokensPerSecond > 0 ? (int)(frame * image.SecondsPerFrame * vision.TokensPerSecond) : frame;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    time.Add(last);
                    height.Add(row);
                    width.Add(column);
                }
            }
        }

        return new ImagePositions([time, height, width], Math.Max(last, Math.Max(rows, columns) - 1) + 1);
    }
}
