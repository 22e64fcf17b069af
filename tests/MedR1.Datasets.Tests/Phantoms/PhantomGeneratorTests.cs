using System.Security.Cryptography;

namespace MedR1.Datasets.Tests;

public sealed class PhantomGeneratorTests
{
    // All drawing uses integers, so that the bytes are the same on every machine. The number is that of the first run: if it
    // changes because drawing does, earlier base checkpoints belong to different phantoms.
    [Fact]
    public void Draws_the_same_bytes_for_the_same_seed_on_every_machine()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (PhantomFamily family in PhantomGenerator.Families)
        {
            hash.AppendData(PhantomGenerator.Create(family, seed: 5, imageSize: 56).Image.Image.Pixels.Span);
        }

        Assert.Equal("701D42B822250390", Convert.ToHexString(hash.GetHashAndReset())[..16]);
    }

    [Fact]
    public void States_the_right_choice_for_every_image()
    {
        foreach (PhantomFamily family in PhantomGenerator.Families)
        {
            PhantomImage image = PhantomGenerator.Create(family, 1, 28);
            Assert.All(image.Facts, fact => Assert.Contains(fact.Answer, fact.Choices));
            Assert.All(image.Facts, fact => Assert.Equal(fact.Choices.Count, fact.Choices.Distinct().Count()));
            Assert.Equal(string.Concat(image.Facts.Select(fact => fact.Answer + ". ")).TrimEnd(), image.Caption);
            Assert.StartsWith("phantom/", image.Image.Name);
        }
    }

    // Bright discs on a background of at most 140: the pixels above 200 form as many connected components as the count
    // says.
    [Fact]
    public void Draws_as_many_discs_as_it_states()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            PhantomImage image = PhantomGenerator.Create(PhantomFamily.Discs, seed, 112);
            bool bright = AnswerTo(image, "phantom_disc_tone").StartsWith("Brighter", StringComparison.Ordinal);
            int parts = ConnectedParts.Count(image.Image.Image, value => bright ? value > 190 : value < 60);
            Assert.Equal($"{parts} disc{(parts == 1 ? "" : "s")}", AnswerTo(image, "phantom_disc_count"));
        }
    }

    [Fact]
    public void Draws_more_cells_in_the_half_that_it_names()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            PhantomImage image = PhantomGenerator.Create(PhantomFamily.Cells, seed, 112);
            bool bright = AnswerTo(image, "phantom_cell_ground").StartsWith("Bright", StringComparison.Ordinal);
            ReadOnlySpan<byte> pixels = image.Image.Image.Pixels.Span;
            int[] halves = [0, 0];
            for (int i = 0; i < pixels.Length; i += 3)
            {
                int level = pixels[i] + pixels[i + 1] + pixels[i + 2];
                halves[i / 3 % 112 / 56] += (bright ? level > 200 : level < 500) ? 1 : 0;
            }

            Assert.Equal(halves[0] > halves[1] ? "Left half" : "Right half", AnswerTo(image, "phantom_cell_half"));
        }
    }

    [Fact]
    public void Gives_oct_and_dermoscopy_their_modality_and_the_others_a_synthetic_one()
    {
        Assert.Equal(ImagingModality.OCT, PhantomGenerator.Create(PhantomFamily.OctLayers, 1, 28).Modality);
        Assert.Equal(ImagingModality.Dermoscopy, PhantomGenerator.Create(PhantomFamily.SkinLesion, 1, 28).Modality);
        Assert.Equal("Synthetic Phantom", PhantomGenerator.Create(PhantomFamily.Discs, 1, 28).Modality.Value);
    }

    [Fact]
    public void Rejects_sizes_and_families_that_it_cannot_draw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PhantomGenerator.Create(PhantomFamily.Discs, 1, 27));
        Assert.Throws<ArgumentOutOfRangeException>(() => PhantomGenerator.Create(PhantomFamily.Discs, 1, 4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => PhantomGenerator.Create((PhantomFamily)77, 1));
    }

    private static string AnswerTo(PhantomImage image, string fact) =>
        image.Facts.Single(one => one.Name == fact).Answer;
}
