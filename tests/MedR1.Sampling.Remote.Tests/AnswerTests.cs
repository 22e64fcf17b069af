using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote.Tests;

public sealed class AnswerTests
{
    [Fact]
    public async Task A_choice_becomes_a_completion_with_its_ids_and_log_probabilities()
    {
        // The choices come out of order.
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(Replies.Choice(1, "It is B."), Replies.Choice(0))));

        CompletionGroup group = Assert.Single(await server.Options().DrawAsync(Drawing.Prompts(1)));

        Assert.Equal((0, 42), (group.PromptIndex, group.PromptTokenCount));
        Assert.Equal([0, 1], group.Completions.Select(completion => completion.SampleIndex));
        Assert.Equal("It is A.", group.Completions[0].Text);
        Assert.Equal("It is B.", group.Completions[1].Text);
        Assert.Equal([11, 7, 2], group.Completions[1].TokenIds);
        Assert.Equal([-0.5f, -1.25f, -0.125f], group.Completions[1].LogProbabilities);
        Assert.Equal([-0.5f, -1.25f, -0.125f], group.Completions[1].ProcessedLogProbabilities);
        Assert.Equal(StopReason.EndToken, group.Completions[1].StopReason);
    }

    [Theory]
    [InlineData("stop", "<answer>A</answer>", null, null, StopReason.StopString)]
    [InlineData("stop", "<answer>A</answer>\n", null, null, StopReason.StopString)]
    [InlineData("length", "<answer>A</answer>", null, null, StopReason.Length)]
    [InlineData("stop", "<answer>A</answer>\n", "matched_stop", "\"</answer>\"", StopReason.StopString)]
    [InlineData("stop", "<answer>A</answer> so", "matched_stop", "151645", StopReason.EndToken)]
    [InlineData("stop", "<answer>A</answer>", "stop_reason", "\"</answer>\"", StopReason.StopString)]
    [InlineData("stop", "<answer>A</answer> so", "stop_reason", "null", StopReason.EndToken)]
    public async Task The_finish_reason_becomes_a_stop_reason(
        string finishReason, string text, string? reasonName, string? reason, StopReason expected)
    {
        JsonObject choice = Replies.Choice(0, text, finishReason);
        if (reasonName is not null)
        {
            choice[reasonName] = JsonNode.Parse(reason!);
        }

        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(choice)));
        CompletionGroup group = Assert.Single(await server.Options().DrawAsync(
            Drawing.Prompts(1), new SamplingOptions { StopStrings = ["</answer>"] }));
        Assert.Equal(expected, Assert.Single(group.Completions).StopReason);
    }

    [Fact]
    public async Task A_stop_string_that_may_have_been_cut_off_is_refused_without_an_end_token()
    {
        // The last token of the choice is 2.
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(Replies.Choice(0, "<answer>A"))));
        SamplingOptions sampling = new() { StopStrings = ["</answer>"] };
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), sampling);
        Assert.Contains("choice 0 ended without any of the StopStrings in its text", error.Message);
        await server.Options().FailAsync(Drawing.Prompts(1), sampling with { EndTokenIds = [3] });

        List<CompletionGroup> groups =
            await server.Options().DrawAsync(Drawing.Prompts(1), sampling with { EndTokenIds = [3, 2] });
        Assert.Equal(StopReason.EndToken, groups[0].Completions[0].StopReason);
    }

    [Theory]
    [InlineData(3, null, null, StopReason.Length)]
    [InlineData(3, 2, null, StopReason.EndToken)]
    [InlineData(3, null, "null", StopReason.EndToken)] // vLLM: the model's own end token
    [InlineData(4, null, null, StopReason.EndToken)]
    public async Task A_completion_of_MaxNewTokens_is_truncated_unless_the_server_says_what_ended_it(
        int mostTokens, int? endToken, string? reason, StopReason expected)
    {
        // The tokens are 10, 7 and 2. ik_llama.cpp of August 2026 answers finish_reason "stop" after max_tokens as well.
        JsonObject choice = Replies.Choice(0);
        if (reason is not null)
        {
            choice["stop_reason"] = JsonNode.Parse(reason);
        }

        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        SamplingOptions sampling = new() { MaxNewTokens = mostTokens, EndTokenIds = endToken is int id ? [id] : null };
        List<CompletionGroup> groups = await server.Options().DrawAsync(Drawing.Prompts(1), sampling);
        Assert.Equal(expected, groups[0].Completions[0].StopReason);
    }

    [Fact]
    public async Task Several_samples_of_a_server_that_draws_one_fail_with_the_fix()
    {
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Text(context, 500, """{"error":{"code":500,"message":"Only one completion choice is allowed"}}"""));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1));
        Assert.Contains("set SeparateRequests", error.Message);
        Assert.Equal(1, error.Attempts);
    }

    [Fact]
    public async Task Options_that_the_server_ignored_are_reported()
    {
        // The tokens are 10, 7 and 2.
        await using ChatServer server = await ChatServer.StartAsync();
        foreach ((SamplingOptions sampling, string? expected) in (IEnumerable<(SamplingOptions, string?)>)
            [
                (new() { MaxNewTokens = 2 }, "has 3 tokens, but at most 2 are allowed"),
                (new() { MinNewTokens = 4 }, "ended after 3 tokens, but MinNewTokens is 4"),
                (new() { SuppressedTokenIds = [9, 7] }, "has the suppressed token 7 as its token 1"),
                (new() { EndTokenIds = [2, 10] }, "continues after the end token 10, its token 0 of 3"),
                (new() { MaxNewTokens = 3, MinNewTokens = 2, SuppressedTokenIds = [9], EndTokenIds = [2] }, null),
            ])
        {
            RemoteSamplerOptions options = server.Options() with { LogProbabilities = ServerLogProbabilities.Processed };
            if (expected is null)
            {
                Assert.Single(await options.DrawAsync(Drawing.Prompts(1), sampling));
                continue;
            }

            Assert.Contains($"choice 0 {expected}", (await options.FailAsync(Drawing.Prompts(1), sampling)).Message);
        }
    }

    [Fact]
    public async Task The_finish_reason_of_sglang_for_invalid_numbers_is_refused()
    {
        JsonObject choice = Replies.Choice(0);
        choice["matched_stop"] = "NaN happened";
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), new SamplingOptions());
        Assert.Contains("choice 0 ended by 'NaN happened'", error.Message);
    }

    [Theory]
    [InlineData("abort")] // from both servers, if someone else aborts the request
    [InlineData("content_filter")]
    public async Task Other_finish_reasons_are_refused_by_name_and_not_retried(string reason)
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Json(
            context, Replies.Body(Replies.Choice(0), Replies.Choice(1, finishReason: reason))));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1));
        Assert.Contains($"choice 1 has the finish_reason '{reason}'", error.Message);
        Assert.Equal(1, error.Attempts);
        Assert.Single(server.Calls);
    }

    [Theory]
    [InlineData("NaN", "null")] // as Python's writer puts it, which is no JSON
    [InlineData("-Infinity", "null")]
    [InlineData("null")]
    [InlineData("1e999")]
    [InlineData("\"NaN\"")]
    [InlineData("-9999.0")] // vLLM's number for none
    [InlineData("-3.4028234663852886e+38")] // SGLang's
    public async Task A_log_probability_that_is_not_finite_names_prompt_choice_and_token(string written, string? told = null)
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) => Replies.Text(
            context,
            200,
            Replies.Body(Replies.Choice(0, "It is \\\"NaN\\\"."), Replies.Choice(1)).ToJsonString()
                .Replace(call.Question == "question 1" ? "-1.25" : "no", written)));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(2));
        Assert.Equal((1, "q1"), (error.PromptIndex, error.ExampleId));
        Assert.StartsWith("Prompt 1 (example 'q1')", error.Message);
        Assert.Contains($"choice 1 has no finite log-probability for token 1 ('token_id:7'), but {told ?? written}.", error.Message);
    }

    [Fact]
    public async Task Logits_instead_of_log_probabilities_are_refused_with_the_fix()
    {
        JsonObject choice = Replies.Choice(0);
        choice["logprobs"]!["content"]![1]!["logprob"] = 0.0001;
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        Assert.Single(await server.Options().DrawAsync(Drawing.Prompts(1), new SamplingOptions()));

        choice["logprobs"]!["content"]![1]!["logprob"] = 17.5;
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), new SamplingOptions());
        Assert.Contains("a log-probability of 17.5 for token 1 ('token_id:7')", error.Message);
        Assert.Contains("--logprobs-mode processed_logprobs", error.Message);
    }

    [Fact]
    public async Task Half_a_character_is_refused_with_the_name_of_the_prompt()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Text(
            context, 200, Replies.Body(Replies.Choice(0, "half")).ToJsonString().Replace("half", "\\ud83d")));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), new SamplingOptions());
        Assert.StartsWith("Prompt 0 (example 'q0')", error.Message);
        Assert.Contains("is not valid Unicode", error.Message);
    }

    [Fact]
    public async Task A_number_of_prompt_tokens_that_excludes_images_is_ignored()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        RemoteSamplerOptions options = server.Options() with { CountsImageTokens = false };
        Assert.Equal(0, (await options.DrawAsync(Drawing.Prompts(1)))[0].PromptTokenCount);
    }

    [Fact]
    public void Numbers_that_are_not_finite_become_null_and_texts_are_unchanged()
    {
        byte[] python = Encoding.UTF8.GetBytes("""{"a":"\" NaN, Infinity \\","b":NaN,"c":[-Infinity,Infinity,-1]}""");
        using JsonDocument json = AnswerJson.Parse(python);
        Assert.Equal(
            """{"a":"\" NaN, Infinity \\","b":null,"c":[null,null,-1]}""", json.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("""{ "choices": [] }""", "2 choices were requested, but got 0")]
    [InlineData("""{ "error": "none" }""", "has no choices")]
    [InlineData("""[1]""", "has no choices")]
    [InlineData("""{ "choices": [{ "index": 0 }, { "index": 1 }] }""", "set RequireLogProbabilities to false")]
    public async Task Malformed_answers_are_refused(string body, string expected)
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Text(context, 200, body));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1));
        Assert.Contains(expected, error.Message);
        Assert.Equal((200, body), (error.Status, error.BodyStart));
    }

    [Fact]
    public async Task Missing_and_duplicate_choices_are_refused()
    {
        await using ChatServer few = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(Replies.Choice(0))));
        Assert.Contains("2 choices were requested, but got 1", (await few.Options().FailAsync(Drawing.Prompts(1))).Message);

        await using ChatServer twice = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(Replies.Choice(1), Replies.Choice(1))));
        Assert.Contains("choice 1 has index 1", (await twice.Options().FailAsync(Drawing.Prompts(1))).Message);
    }

    [Fact]
    public async Task A_text_without_its_reasoning_is_refused()
    {
        JsonObject choice = Replies.Choice(0);
        choice["message"]!["reasoning_content"] = "First, …";
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Json(context, Replies.Body(choice)));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), new SamplingOptions());
        Assert.Contains("reasoning_content", error.Message);
    }

    [Fact]
    public async Task Log_probabilities_are_stored_only_as_what_they_are()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        SamplingOptions truncated = Drawing.Two with { TopP = 0.5 };

        Completion raw = (await server.Options().DrawAsync(Drawing.Prompts(1), truncated))[0].Completions[0];
        Assert.Equal(3, raw.LogProbabilities.Count);
        Assert.Empty(raw.ProcessedLogProbabilities);

        Completion drawn = (await (server.Options() with { LogProbabilities = ServerLogProbabilities.Processed })
            .DrawAsync(Drawing.Prompts(1), truncated))[0].Completions[0];
        Assert.Empty(drawn.LogProbabilities);
        Assert.Equal(3, drawn.ProcessedLogProbabilities.Count);
    }

    [Theory]
    [InlineData(ServerLogProbabilities.Raw, 1.0, null, 1.0, true, true)]
    [InlineData(ServerLogProbabilities.Raw, 0.7, null, 1.0, false, false)]
    [InlineData(ServerLogProbabilities.Raw, 0.0, 5, 1.0, true, true)]
    [InlineData(ServerLogProbabilities.Raw, 1.0, null, 1.1, true, false)]
    [InlineData(ServerLogProbabilities.TemperatureScaled, 0.7, null, 1.0, true, true)]
    [InlineData(ServerLogProbabilities.TemperatureScaled, 0.7, 5, 1.0, true, false)]
    [InlineData(ServerLogProbabilities.TemperatureScaled, 0.7, null, 1.1, false, true)]
    [InlineData(ServerLogProbabilities.Processed, 0.7, null, 1.0, true, true)]
    [InlineData(ServerLogProbabilities.Processed, 0.7, 5, 1.0, false, true)]
    [InlineData(ServerLogProbabilities.Processed, 0.7, null, 1.1, false, true)]
    public void The_meaning_of_log_probabilities_depends_on_server_and_options(
        ServerLogProbabilities kind, double temperature, int? topK, double penalty, bool plain, bool drawn) =>
        Assert.Equal(
            new LogProbabilityUse(plain, drawn),
            LogProbabilityUse.Of(
                new SamplingOptions { Temperature = temperature, TopK = topK, RepetitionPenalty = penalty }, kind));
}
