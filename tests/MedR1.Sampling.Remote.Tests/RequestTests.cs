using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote.Tests;

public sealed class RequestTests
{
    private static readonly byte[] s_png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0xFB, 0xFF, 0xBE, 1, 2, 3];
    private static readonly byte[] s_jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 9, 8, 7];

    [Fact]
    public async Task Images_arrive_byte_for_byte_at_their_place_in_the_message()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VqaPrompt prompt = VqaPrompt.Ask(
            "What is it?", new BytesImageSource("named.jpg", s_png), new BytesImageSource("second", s_jpeg));

        await server.Options().DrawAsync([prompt]);

        JsonArray parts = Assert.Single(server.Calls).Body["messages"]![0]!["content"]!.AsArray();
        Assert.Equal(["image_url", "image_url", "text"], parts.Select(part => (string)part!["type"]!));
        string[] first = ((string)parts[0]!["image_url"]!["url"]!).Split(',');
        Assert.Equal("data:image/png;base64", first[0]);
        Assert.Equal(s_png, Convert.FromBase64String(first[1]));
        string[] second = ((string)parts[1]!["image_url"]!["url"]!).Split(',');
        Assert.Equal("data:image/jpeg;base64", second[0]);
        Assert.Equal(s_jpeg, Convert.FromBase64String(second[1]));
    }

    [Theory]
    [InlineData("89504E470D0A1A0A00", "image/png")]
    [InlineData("FFD8FFE0", "image/jpeg")]
    [InlineData("52494646AABBCCDD57454250", "image/webp")]
    [InlineData("52494646AABBCCDD57415645", null)] // a WAV file: RIFF too
    [InlineData("424D0000", "image/bmp")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("89504E47", null)]
    [InlineData("", null)]
    public void The_media_type_follows_from_the_first_bytes(string start, string? type) =>
        Assert.Equal(type, DataUri.MediaType(Convert.FromHexString(start)));

    [Fact]
    public async Task An_invalid_or_unreadable_image_is_named_without_a_request()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VqaPrompt text = VqaPrompt.Ask("?", new BytesImageSource("notes.png", [1, 2, 3])) with
        {
            Example = Drawing.Example("x7"),
        };
        RemoteSamplingException wrong = await server.Options().FailAsync([text]);
        Assert.Contains("'notes.png'", wrong.Message);
        Assert.Equal((0, "x7", 0, null), (wrong.PromptIndex, wrong.ExampleId, wrong.Attempts, wrong.Status));

        RemoteSamplingException missing =
            await server.Options().FailAsync([VqaPrompt.Ask("?", new FileImageSource("no-such-file.png"))]);
        Assert.IsType<FileNotFoundException>(missing.InnerException);
        Assert.Empty(server.Calls);
    }

    // For instance of an image source that loads from the web, whose client has a time limit of its own.
    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(Unspeakable))]
    public async Task Whatever_an_image_source_throws_names_the_prompt(Type kind)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VqaPrompt[] prompts =
        [
            VqaPrompt.Ask("?", new BrokenImageSource((Exception)Activator.CreateInstance(kind)!)) with { Example = Drawing.Example("x7") },
        ];
        RemoteSamplingException exception = await server.Options().FailAsync(prompts);

        Assert.Equal((0, "x7", 0), (exception.PromptIndex, exception.ExampleId, exception.Attempts));
        Assert.IsType(kind, exception.InnerException);
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Roles_texts_and_the_key_are_sent()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VqaPrompt prompt = new([ChatMessage.System("Be \"brief\"."), ChatMessage.User("Größe?")]);

        await (server.Options() with { ApiKey = "secret" }).DrawAsync([prompt]);

        ChatCall call = Assert.Single(server.Calls);
        Assert.Equal(
            """[{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"Größe?"}]""",
            call.Body["messages"]!.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal("Bearer secret", call.Authorization);
        Assert.Equal("tiny", (string?)call.Body["model"]);
    }

    [Fact]
    public async Task Every_sampling_option_is_sent_under_the_name_that_servers_know()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        SamplingOptions sampling = new()
        {
            SamplesPerPrompt = 3,
            MaxNewTokens = 17,
            MinNewTokens = 2,
            Temperature = 0.75,
            TopK = 20,
            TopP = 0.5,
            MinP = 0.25,
            RepetitionPenalty = 1.5,
            SuppressedTokenIds = [151655, 5],
            EndTokenIds = [2, 3],
            StopStrings = ["</answer>"],
        };

        await (server.Options() with { LogProbabilities = ServerLogProbabilities.Processed })
            .DrawAsync(Drawing.Prompts(1), sampling);

        JsonObject body = Assert.Single(server.Calls).Body;
        body.Remove("messages");
        body.Remove("seed");
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {
                  "model": "tiny", "n": 3, "max_tokens": 17, "temperature": 0.75, "top_p": 0.5, "top_k": 20, "min_p": 0.25,
                  "repetition_penalty": 1.5, "repeat_penalty": 1.5, "repeat_last_n": -1, "min_tokens": 2, "logit_bias": { "151655": -100, "5": -100 },
                  "stop": ["</answer>"], "stop_token_ids": [2, 3], "include_stop_str_in_output": true, "no_stop_trim": true,
                  "logprobs": true, "return_tokens_as_token_ids": true, "return_token_ids": true, "return_meta_info": true,
                  "return_prompt_token_ids": true, "skip_special_tokens": true
                }
                """),
            body), body.ToJsonString());
    }

    [Fact]
    public async Task Neutral_values_are_sent_to_override_the_defaults_of_the_server()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        await server.Options().DrawAsync(Drawing.Prompts(1));
        JsonObject body = Assert.Single(server.Calls).Body;
        Assert.Equal(
            (-1, 1.0, 0.0, 1.0, 0, 1.0),
            ((int)body["top_k"]!, (double)body["top_p"]!, (double)body["min_p"]!, (double)body["repetition_penalty"]!,
                (int)body["min_tokens"]!, (double)body["temperature"]!));
        Assert.DoesNotContain(body, pair => pair.Key is "stop" or "stop_token_ids" or "logit_bias");
    }

    [Fact]
    public async Task Seeds_follow_from_the_prompts_seed_or_from_the_options_and_the_index()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VqaPrompt[] prompts = Drawing.Prompts(3);
        prompts[1] = prompts[1] with { Seed = -1 };

        await (server.Options() with { MaxParallelRequests = 1 }).DrawAsync(prompts, Drawing.Two with { Seed = 9 });

        long[] expected =
        [
            PromptSeeds.ForServer(Philox.PromptSeed(9, 0), 0),
            PromptSeeds.ForServer(-1, 0),
            PromptSeeds.ForServer(Philox.PromptSeed(9, 2), 0),
        ];
        Assert.Equal(expected, server.Calls.Select(call => (long)call.Body["seed"]!));
    }

    [Fact]
    public async Task Each_sample_may_have_a_separate_request_and_seed()
    {
        // Like SGLang with --enable-deterministic-inference: a completion depends only on the prompt and the seed.
        await using ChatServer server = await ChatServer.StartAsync(
            (context, call) => Replies.Good(context, call, $"{call.Question}, {(long)call.Body["seed"]!}"));
        List<RemoteSamplingProgress> reports = [];
        RemoteSamplerOptions options = server.Options() with
        {
            SeparateRequests = true,
            Progress = new Listener(reports),
        };
        List<CompletionGroup> groups = await options.DrawAsync(
            Drawing.Prompts(2), new SamplingOptions { SamplesPerPrompt = 3, Seed = 9 });

        Assert.Equal([0, 1], groups.Select(group => group.PromptIndex));
        foreach (CompletionGroup group in groups)
        {
            long seed = Philox.PromptSeed(9, group.PromptIndex);
            Assert.Equal([0, 1, 2], group.Completions.Select(completion => completion.SampleIndex));
            Assert.Equal(
                Enumerable.Range(0, 3).Select(sample => $"question {group.PromptIndex}, {PromptSeeds.ForServer(seed, sample)}"),
                group.Completions.Select(completion => completion.Text));
            Assert.Equal(42, group.PromptTokenCount);
        }

        Assert.Equal(6, server.Calls.Count);
        Assert.All(server.Calls, call => Assert.Equal(1, call.SampleCount));
        Assert.Equal(6, groups.SelectMany(group => group.Completions).Select(completion => completion.Text).Distinct().Count());
        Assert.Equal((2, 6), (reports[^1].CompletedPrompts, reports[^1].CompletionCount));
        Assert.Equal((1, 0), (reports[0].CompletionCount, reports[0].CompletedPrompts));
    }

    [Fact]
    public async Task A_greedy_request_asks_for_one_sample()
    {
        // Like vLLM, which refuses several samples of a greedy request, even if it is greedy only by its temperature.
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.SampleCount > 1 && (double)call.Body["temperature"]! == 0
                ? Replies.Refusal(context, 400, "n must be 1 when using greedy sampling")
                : Replies.Good(context, call));
        CompletionGroup group = Assert.Single(
            await server.Options().DrawAsync(Drawing.Prompts(1), Drawing.Two with { Temperature = 0 }));
        Assert.Equal([0, 1], group.Completions.Select(completion => completion.SampleIndex));
    }

    [Fact]
    public void Neighbouring_seeds_stay_far_apart_and_exact_in_every_json_reader()
    {
        // vLLM draws sample k from seed + k.
        long[] seeds = [.. Enumerable.Range(-500, 1000).Select(seed => PromptSeeds.ForServer(seed, 0)).Order()];
        Assert.All(seeds, seed => Assert.InRange(seed, 0, (1L << 52) - 1));
        // Of 1,000 draws from 2⁵², two are within 1,024 of each other with probability 1,000² / 2 · 2 · 1,024 / 2⁵² ≈ 2·10⁻⁷.
        Assert.All(seeds.Zip(seeds.Skip(1)), pair => Assert.True(pair.Second - pair.First > 1024));
    }

    private sealed class BrokenImageSource(Exception exception) : IImageSource
    {
        public string Name => "broken";

        public Stream OpenRead() => throw exception;
    }

    private sealed class Listener(List<RemoteSamplingProgress> reports) : IProgress<RemoteSamplingProgress>
    {
        public void Report(RemoteSamplingProgress value) => reports.Add(value);
    }

    private sealed class Unspeakable : Exception
    {
        public override string Message => throw new KeyNotFoundException("no text for this code");
    }
}
