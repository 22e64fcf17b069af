namespace MedR1.Conformance.Tests;

/// <summary>The runner itself must be able to fail.</summary>
public sealed class RunnerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("medr1-conformance-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_wrong_number_fails_and_is_named_with_got_and_expected()
    {
        // smart_resize(56, 56) is 56 x 56 (both sides are multiples of 28 within the limits), so 84 x 56 is wrong.
        WriteSmartResize("[84,56]");
        KindResult result = new ConformanceSuite(_root).Run("smart-resize");
        CaseResult only = Assert.Single(result.Results);
        Assert.False(only.Passed);
        Assert.NotEmpty(only.Failures);
    }

    [Fact]
    public void An_unknown_kind_is_listed_as_not_run()
    {
        WriteCase("no-such-kind", "one", """{"kind":"no-such-kind","name":"one","inputs":{},"expected":{}}""");
        KindResult result = new ConformanceSuite(_root).Run("no-such-kind");
        Assert.Empty(result.Results);
        Assert.Equal("no-such-kind: not run (1 cases)", result.Summary);
    }

    [Theory]
    [InlineData(
        "schedule", "one: unknown scheduler 'reduce_lr_on_plateau'",
        """{"scheduler":"reduce_lr_on_plateau","lr":1,"num_warmup_steps":0,"num_training_steps":9}""", "{}")]
    [InlineData(
        "logits-processors", "one: unknown no_repeat_ngram_size, NoRepeatNGramLogitsProcessor",
        """{"generation":{"do_sample":true,"temperature":0.7,"no_repeat_ngram_size":2}}""",
        """{"order":["NoRepeatNGramLogitsProcessor","TemperatureLogitsWarper"]}""")]
    [InlineData(
        "logits-processors", "one: unknown TypicalLogitsWarper",
        """{"processors":[{"name":"typical","class":"TypicalLogitsWarper","arguments":{}}]}""", "{}")]
    [InlineData(
        "grpo-trajectory",
        "one: steps_per_generation 3 is no multiple of gradient_accumulation_steps 2, so that optimizer steps learn from two generations",
        """{"config":{"steps_per_generation":3,"gradient_accumulation_steps":2},"optimizer":{"schedule":"linear"}}""", "{}")]
    [InlineData("sft-trajectory", "one: unknown schedule 'polynomial'", """{"optimizer":{"schedule":"polynomial"}}""", "{}")]
    public void A_case_that_needs_something_unsupported_is_not_run_and_says_what(
        string kind, string expected, string inputs, string expectedFields)
    {
        WriteCase(kind, "one", $$"""{"kind":"{{kind}}","name":"one","inputs":{{inputs}},"expected":{{expectedFields}}}""");
        KindResult result = new ConformanceSuite(_root).Run(kind);
        Assert.Empty(result.Results);
        Assert.Equal(expected, Assert.Single(result.NotRun));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"image_grid_thw":null}""")]
    [InlineData("""{"image_grid_thw":[]}""")]
    [InlineData("""{"image_grid_thw":[[1,4,6],[1,2,2]]}""", 1, 4, 6, 1, 2, 2)]
    public void A_text_only_micro_step_has_no_grids(string microStep, params int[] expected)
    {
        WriteCase("sft-trajectory", "one", $$"""{"expected":{{microStep}}}""");
        ConformanceCase one = new(_root, Path.Combine(_root, "cases", "sft-trajectory", "one"));
        Assert.Equal(expected, TrainingCase.Grids(one, one.Expected));
    }

    [Theory]
    [InlineData(1.0 + 1.5e-5, 1.0, 1e-5, 1e-5, true)]
    [InlineData(1.0 + 2.5e-5, 1.0, 1e-5, 1e-5, false)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity, 0, 0, true)]
    [InlineData(1e30, double.PositiveInfinity, 1, 1, false)]
    [InlineData(double.NaN, 1.0, 1, 1, false)]
    public void A_tolerance_is_absolute_plus_relative(double got, double expected, double absolute, double relative, bool passes) =>
        Assert.Equal(passes, new Tolerance(false, absolute, relative, null, null).Share([got], [expected], out _) <= 1);

    [Theory]
    [InlineData("[56,56]", "", 0)]
    [InlineData("[84,56]", "", 1)]
    [InlineData("[56,56]", "no-such-name", 1)]
    public void The_program_succeeds_only_if_cases_have_passed(string expected, string namePart, int exitCode)
    {
        WriteSmartResize(expected);
        Assert.Equal(exitCode, typeof(ConformanceSuite).Assembly.EntryPoint!.Invoke(null, [(string[])[_root, "--case", namePart]]));
    }

    [Fact]
    public void An_expected_field_that_is_never_compared_fails()
    {
        WriteCase("forward", "one", """{"kind":"forward","name":"one","inputs":{},"expected":{"logits":1,"layer_0":2}}""");
        ConformanceCase one = new(_root, Path.Combine(_root, "cases", "forward", "one"));
        Checker checker = new(one);
        checker.Number("logits", 1, 1);
        checker.RequireCompared(one.Expected);
        Assert.Equal("layer_0: expected, but never compared", Assert.Single(checker.Failures));
    }

    [Fact]
    public void A_folder_without_cases_is_refused() =>
        Assert.Throws<DirectoryNotFoundException>(() => new ConformanceSuite(Path.Combine(_root, "nothing")));

    // The height and the width to which 56 x 56 pixels are resized.
    private void WriteSmartResize(string expected) => WriteCase("smart-resize", "transformers", $$$"""
        {"kind":"smart-resize","name":"transformers","made_with":{"transformers":"none"},
         "inputs":{"columns":["height","width","factor","min_pixels","max_pixels"],"items":[[56,56,28,3136,12845056]]},
         "expected":{"items":[{{{expected}}}]},"tolerance":{"exact":true}}
        """);

    private void WriteCase(string kind, string name, string json)
    {
        string folder = Path.Combine(_root, "cases", kind, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "case.json"), json);
    }
}
