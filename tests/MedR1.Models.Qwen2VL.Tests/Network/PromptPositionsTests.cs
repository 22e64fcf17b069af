using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class PromptPositionsTests
{
    // A word, the start marker, three frames of one feature each, the end marker, a word. The frames begin at 2.
    [Theory]
    [InlineData(0, new float[] { 0, 1, 2, 3, 4, 5, 6 }, 7)] // By frame: 2 + 0, 1, 2; the text continues after 4.
    [InlineData(4, new float[] { 0, 1, 2, 10, 18, 19, 20 }, 21)] // By second: 2 + 4 × 2 × (0, 1, 2); the text continues after 18.
    public void Time_advances_by_frames_or_seconds_and_the_text_continues_after_the_last(
        double tokensPerSecond, float[] times, int next)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration();
        configuration = configuration with { Vision = configuration.Vision with { TokensPerSecond = tokensPerSecond } };
        EncodedImage clip = TinyModel.Image(2, 2, 1, frames: 3) with { SecondsPerFrame = 2 };
        SequenceBatch batch = new(Qwen2VLLayout.Of(configuration), [TinyModel.Prompt(1, 1, clip)]);
        using Tensor positions = batch.Positions(CPU);

        float[] places = [0, 1, 2, 2, 2, .. times[^2..]];
        Assert.Equal([.. times, .. places, .. places], positions.Values());
        Assert.Equal([next], batch.NextPositions);
    }

    // The second frame would be at no position, before the first, or at 2³⁰, where float32 has only every 128th integer.
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    [InlineData(1 << 30)]
    public void Frames_that_have_no_position_are_refused(double seconds)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration(Qwen2VLFamily.Qwen25VL);
        PromptLayout layout = Qwen2VLLayout.Of(configuration with { Vision = configuration.Vision with { TokensPerSecond = 1 } });
        EncodedImage clip = TinyModel.Image(2, 2, 1, frames: 2) with { SecondsPerFrame = seconds };
        Assert.Throws<InvalidPromptException>(() => new SequenceBatch(layout, [TinyModel.Prompt(1, 1, clip)]));

        // An image has one frame, at 0, whatever follows.
        EncodedImage image = TinyModel.Image(2, 2, 1) with { SecondsPerFrame = seconds };
        Assert.Equal([5], new SequenceBatch(layout, [TinyModel.Prompt(1, 1, image)]).NextPositions);
    }

    // The second of two frames is at 4 positions for each second; float32 holds every integer up to 2²⁴.
    [Theory]
    [InlineData(1 << 22, false)]
    [InlineData((1 << 22) + 1, true)]
    public void The_last_frame_may_have_the_last_position(double seconds, bool isRefused)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration(Qwen2VLFamily.Qwen25VL);
        PromptLayout layout = Qwen2VLLayout.Of(configuration with { Vision = configuration.Vision with { TokensPerSecond = 4 } });
        EncodedImage clip = TinyModel.Image(2, 2, 1, frames: 2) with { SecondsPerFrame = seconds };
        Assert.Equal(
            isRefused, Record.Exception(() => new SequenceBatch(layout, [TinyModel.Prompt(1, 1, clip)])) is InvalidPromptException);
    }
}
