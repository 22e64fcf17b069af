using MedR1.Datasets;

namespace MedR1.Samples.SchoolBase;

/// <summary>What the base model learns, and from what: text, phantoms, and captions of training pictures.</summary>
internal sealed class Curriculum
{
    private const double TextShare = 0.2;

    private readonly IReadOnlyList<QuestionFamily> _families;
    private readonly IReadOnlyList<string> _words;
    private readonly IReadOnlyList<VqaExample> _training;
    private readonly IReadOnlyList<VqaExample> _phantoms;

    private Curriculum(IReadOnlyList<VqaExample> training, IReadOnlyList<VqaExample> phantoms)
    {
        _training = training;
        _phantoms = phantoms;
        _families = [.. QuestionFamily.Of(training), .. QuestionFamily.Of(phantoms)];
        _words = [.. _families.SelectMany(family => family.Answers)
            .SelectMany(text => text.Split([' ', '(', ')', ',', '?', '.', '\''], StringSplitOptions.RemoveEmptyEntries))
            .Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Texts for the vocabulary: the wording of every lesson, nothing of the test questions.</summary>
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

                // Never behind a bracket: no piece of the vocabulary joins the bracket of an option to its text, so an option is
                // written in the very tokens of the statement and of the answer.
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

    /// <summary>Kinds of lessons to look at while learning.</summary>
    public IReadOnlyList<ILessonSource> Probes =>
    [
        new TextLessons(_families, _words, 2, TextHint.Letter),
        new TextLessons(_families, _words, 2, TextHint.Statement),
        new TextLessons(_families, _words, 2, TextHint.None),
        new PhantomLessons(_phantoms, 2),
        new CaptionLessons("training pictures", _training, 2),
    ];

    /// <summary>Collects the material.</summary>
    /// <param name="folder">The folder of real-mini; only its training split is read.</param>
    /// <param name="seed">Where the phantoms start.</param>
    public static Curriculum Load(string folder, int seed) =>
        new(RealMini.LoadTrain(folder), PhantomDataset.Create(6000, seed, imageSize: 84));

    /// <summary>The lessons of a stage.</summary>
    /// <param name="name">text or pictures.</param>
    /// <param name="captionShare">How many of the pictures' lessons are captions of training pictures, 0 to 0.8.</param>
    /// <exception cref="ArgumentException">There is no such stage, or the share is out of range.</exception>
    public ILessonSource Stage(string name, double captionShare) => name switch
    {
        "text" => new TextLessons(_families, _words, turns: 4, TextHint.Letter, TextHint.Statement, TextHint.None),
        "pictures" when captionShare is not (>= 0 and <= 1 - TextShare) => throw new ArgumentOutOfRangeException(
            nameof(captionShare), captionShare, $"Captions can be 0 to {1 - TextShare} of the lessons; the rest is text."),
        "pictures" => new MixedLessons(
            (TextShare, new TextLessons(_families, _words, turns: 3, TextHint.Letter, TextHint.Statement, TextHint.None)),
            (1 - TextShare - captionShare, new PhantomLessons(_phantoms, mostTurns: 3)),
            (captionShare, new CaptionLessons("training pictures", _training, mostTurns: 4))),
        _ => throw new ArgumentException($"There is no stage '{name}'. Known: text, pictures.", nameof(name)),
    };
}
