using MedR1.Datasets;

namespace MedR1.Samples.PretrainBase;

/// <summary>The examples of the base model and their sources: text, phantoms, and the list of training images.</summary>
internal sealed class Curriculum
{
    private const double TextFraction = 0.2;

    private readonly IReadOnlyList<QuestionFamily> _asked;
    private readonly IReadOnlyList<QuestionFamily> _families;
    private readonly IReadOnlyList<string> _words;
    private readonly IReadOnlyList<VqaExample> _training;
    private readonly IReadOnlyList<VqaExample> _phantoms;

    private Curriculum(IReadOnlyList<VqaExample> training, IReadOnlyList<VqaExample> phantoms)
    {
        _training = training;
        _phantoms = phantoms;
        _asked = QuestionFamily.Of(training);
        _families = [.. _asked, .. QuestionFamily.Of(phantoms)];
        _words = [.. _families.SelectMany(family => family.Answers)
            .SelectMany(text => text.Split([' ', '(', ')', ',', '?', '.', '\''], StringSplitOptions.RemoveEmptyEntries))
            .Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Texts for the vocabulary: the wording of every example, nothing of the test questions.</summary>
    public IEnumerable<string> Corpus
    {
        get
        {
            foreach (QuestionFamily family in _families)
            {
                foreach (string question in family.Questions)
                {
                    yield return $"user\n{Wording.Ask(question, [" ", " ", " ", " "])}\nassistant\n{Wording.Say("\n")}";
                    yield return Wording.AskOpen(question) + " What is C?";
                }

                // Never after a bracket: no piece of the vocabulary joins an option's bracket to its text, so that an option has the same
                // tokens as the statement and the answer.
                foreach (string answer in family.Answers)
                {
                    yield return $"{answer}.\n{answer}\n{answer}";
                }
            }

            yield return "system\nYou are a helpful assistant.";
            foreach (string word in _words)
            {
                yield return $"{word} {word}.\n{word} {word}";
            }
        }
    }

    /// <summary>Kinds of examples to measure during training.</summary>
    public IReadOnlyList<IExampleSource> Probes =>
    [
        new TextExamples(_families, _words, 2, TextHint.Letter),
        new TextExamples(_families, _words, 2, TextHint.Statement),
        new TextExamples(_families, _words, 2, TextHint.None),
        new PhantomExamples(_phantoms, 2),
        new PhantomExamples(_phantoms, 2, _words),
        new UnrelatedExamples(_phantoms, _asked, 2),
        new CaptionExamples("training images", _training, 2),
        new PlaceExamples(_training, 1),
    ];

    /// <summary>Loads the material.</summary>
    /// <param name="folder">The folder of real-mini; only its training split is read.</param>
    /// <param name="seed">The seed of the phantoms.</param>
    public static Curriculum Load(string folder, int seed) =>
        new(RealMini.LoadTrain(folder), PhantomDataset.Create(6000, seed, imageSize: 84));

    /// <summary>The examples of a stage.</summary>
    /// <param name="name">text, images, choices or places.</param>
    /// <param name="captionFraction">The fraction of examples of the stage images that are captions of training images, 0 to 0.8.</param>
    /// <param name="minCropFraction">The smallest fraction of a training image's sides that the stage places shows.</param>
    /// <exception cref="ArgumentException">There is no such stage, or a fraction is out of range.</exception>
    public IExampleSource Stage(string name, double captionFraction, double minCropFraction) => name switch
    {
        "text" => Text(turns: 4),
        "images" when captionFraction is not (>= 0 and <= 1 - TextFraction) => throw new ArgumentOutOfRangeException(
            nameof(captionFraction), captionFraction, $"The fraction of captions must be from 0 to {1 - TextFraction}; the rest is text."),
        "images" => new MixedExamples(
            (TextFraction, Text(turns: 3)),
            (1 - TextFraction - captionFraction, new PhantomExamples(_phantoms, mostTurns: 3)),
            (captionFraction, new CaptionExamples("training images", _training, mostTurns: 4))),
        "choices" => new MixedExamples(
            (TextFraction, Text(turns: 3)),
            (0.25, new UnrelatedExamples(_phantoms, _asked, mostTurns: 3)),
            (0.55, new PhantomExamples(_phantoms, mostTurns: 3, _words))),
        "places" when minCropFraction is not (> 0 and <= 1) => throw new ArgumentOutOfRangeException(
            nameof(minCropFraction), minCropFraction, "The fraction of an image's sides must be above 0 and at most 1."),
        "places" => new MixedExamples(
            (TextFraction / 2, Text(turns: 3)),
            (0.15, new UnrelatedExamples(_phantoms, _asked, mostTurns: 2)),
            (0.25, new PhantomExamples(_phantoms, mostTurns: 2, _words)),
            (0.5, new PlaceExamples(_training, minCropFraction))),
        _ => throw new ArgumentException(
            $"There is no stage '{name}'. Use text, images, choices or places.", nameof(name)),
    };

    private TextExamples Text(int turns) =>
        new(_families, _words, turns, TextHint.Letter, TextHint.Statement, TextHint.None);
}
