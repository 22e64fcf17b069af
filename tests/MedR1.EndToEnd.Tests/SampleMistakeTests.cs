namespace MedR1.EndToEnd.Tests;

/// <summary>Typical mistakes with each sample: the message names the value and has no stack trace.</summary>
public sealed class SampleMistakeTests : IDisposable
{
    private static readonly string Base = Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base");
    private readonly string _work = Directory.CreateTempSubdirectory("medr1-mistakes-").FullName;

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Theory]
    [InlineData("QuickStart", "--steps 0", "--steps is 0, but must be at least 1.")]
    [InlineData("QuickStart", "--checkpoint nowhere", "Directory does not exist: 'nowhere'.")]
    [InlineData("SftBaseline", "--data nowhere", "Directory does not exist: 'nowhere'.")]
    [InlineData("Comparison", "--data nowhere", "Directory does not exist: 'nowhere'.")]
    [InlineData("Comparison", "--seeds abc", "'abc' for option '--seeds'")]
    [InlineData("CrossModality", "--device gpu", "There is no device 'gpu': use cpu, cuda")]
    public void Options_are_checked_before_anything_runs(string sample, string arguments, string said) =>
        SampleProgram.Fail(1, said, sample, arguments.Split(' '));

    // The folder exists, but contains neither images nor a model.
    [Theory]
    [InlineData("SftBaseline", "--data")]
    [InlineData("Comparison", "--data")]
    [InlineData("QuickStart", "--checkpoint")]
    public void A_folder_with_other_content_is_reported_clearly(string sample, string option) =>
        SampleProgram.Fail(SampleProgram.Mistaken, _work, sample, [option, _work, "--output", Path.Combine(_work, "run")]);

    [Theory]
    [InlineData("CustomReward")]
    [InlineData("CustomLoop")]
    public void A_number_of_steps_is_a_number(string sample) =>
        SampleProgram.Fail(SampleProgram.Mistaken, "'--foo' is not a number of steps", sample, ["--foo"]);

    [Fact]
    public void AskAnImage_says_what_is_wrong_with_checkpoint_image_question_and_device()
    {
        string notes = Path.Combine(_work, "notes.png");
        File.WriteAllText(notes, "These are words.");
        SampleProgram.Fail(1, "Directory does not exist: 'nowhere'.", "AskAnImage", ["nowhere", notes, "What is this?"]);
        SampleProgram.Fail(1, "File does not exist: 'nowhere.png'.", "AskAnImage", [Base, "nowhere.png", "What is this?"]);
        SampleProgram.Fail(1, "The question is empty.", "AskAnImage", [Base, notes, " "]);
        SampleProgram.Fail(1, "There is no device 'gpu': use cpu, cuda", "AskAnImage", [Base, notes, "What is this?", "--device", "gpu"]);
        SampleProgram.Fail(SampleProgram.Mistaken, "notes.png", "AskAnImage", [Base, notes, "What is this?"]);
    }
}
