namespace MedR1.Sampling.Remote.Tests;

public sealed class ServerWeightsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sglang_loads_a_checkpoint_and_reports_its_version(bool isOld)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.Weights.IsOldSglang = isOld;
        SglangWeights weights = new(server.Endpoint, apiKey: "secret");
        Assert.Equal("default", await weights.ReadVersionAsync());
        await weights.LoadAsync("/shared/run-1", "run-1");

        Assert.Equal(
            ["""/update_weights_from_disk {"model_path":"/shared/run-1","weight_version":"run-1","flush_cache":true}"""],
            server.Weights.Calls);
        Assert.Equal("Bearer secret", server.Weights.Authorization);
        Assert.Equal(("run-1", null, "run-1"), (weights.Version, weights.Model, await weights.ReadVersionAsync()));
    }

    [Fact]
    public async Task Vllm_loads_an_adapter_under_a_new_name_and_unloads_the_previous_one()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VllmAdapterWeights weights = new(server.Endpoint);
        Assert.Equal("tiny", await weights.ReadVersionAsync());
        await weights.LoadAsync("/shared/a", "run-1");
        await weights.LoadAsync("/shared/b", "run-2");

        Assert.Equal(
            [
                """/v1/load_lora_adapter {"lora_name":"run-1","lora_path":"/shared/a"}""",
                """/v1/load_lora_adapter {"lora_name":"run-2","lora_path":"/shared/b"}""",
                """/v1/unload_lora_adapter {"lora_name":"run-1"}""",
            ],
            server.Weights.Calls);
        Assert.Equal(["tiny", "run-2"], server.Weights.Models);
        Assert.Equal(("run-2", "run-2", "run-2"), (weights.Version, weights.Model, await weights.ReadVersionAsync()));
    }

    [Fact]
    public async Task Loading_uses_the_admin_key_and_reading_the_other()
    {
        // SGLang with --api-key and --admin-api-key accepts neither in place of the other.
        await using ChatServer server = await ChatServer.StartAsync();
        await new SglangWeights(server.Endpoint, "key", adminApiKey: "admin").LoadAsync("/shared/a", "run-1");
        Assert.Equal(
            ("Bearer admin", "Bearer key"), (server.Weights.Authorization, server.Weights.VersionAuthorization));
    }

    [Fact]
    public async Task An_adapter_that_the_server_has_evicted_is_forgotten()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.Weights.FailsToUnload = true;
        VllmAdapterWeights weights = new(server.Endpoint);
        for (int i = 1; i <= 3; i++)
        {
            await weights.LoadAsync("/shared/a", $"run-{i}");
        }

        Assert.Equal("run-3", await weights.ReadVersionAsync());
        Assert.Equal(
            ["run-1", "run-2"],
            server.Weights.Calls.Where(call => call.Contains("/unload_")).Select(call => call.Split('"')[3]));
        Assert.Equal(["run-1", "run-2"], weights.StillListed);
    }

    [Fact]
    public async Task Another_failure_to_unload_is_reported_and_retried_with_the_next_adapter()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VllmAdapterWeights weights = new(server.Endpoint);
        await weights.LoadAsync("/shared/a", "run-1");
        server.Weights.FailsToUnload = true;
        server.Weights.UnloadFailure = "EngineCore encountered an issue.";
        ServerWeightsException error =
            await Assert.ThrowsAsync<ServerWeightsException>(() => weights.LoadAsync("/shared/b", "run-2"));
        Assert.Contains("loaded the adapter 'run-2', but did not unload 'run-1'", error.Message);
        Assert.Contains("answered 500", error.Message);
        Assert.Contains("EngineCore encountered an issue", error.Message);
        Assert.Equal("run-2", weights.Version);

        server.Weights.FailsToUnload = false;
        await weights.LoadAsync("/shared/c", "run-3");
        Assert.Equal(["tiny", "run-3"], server.Weights.Models);
        Assert.Empty(weights.StillListed);
    }

    [Fact]
    public async Task Requests_ask_for_the_adapter_that_was_loaded_last()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VllmAdapterWeights weights = new(server.Endpoint);
        RemoteSamplerOptions options = server.Options() with { Weights = weights };
        await options.DrawAsync(Drawing.Prompts(1));
        await weights.LoadAsync("/shared/a", "run-1");
        await options.DrawAsync(Drawing.Prompts(1));

        Assert.Equal(["tiny", "run-1"], server.Calls.Select(call => (string)call.Body["model"]!));
    }

    [Fact]
    public async Task A_restarted_server_is_refused_before_any_request()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        SglangWeights sglang = new(server.Endpoint);
        await sglang.LoadAsync("/shared/a", "run-1");
        server.Weights.SglangVersion = "default";
        RemoteSamplerOptions options = server.Options() with { Weights = sglang };
        WeightVersionException error =
            await Assert.ThrowsAsync<WeightVersionException>(() => options.DrawAsync(Drawing.Prompts(1)));
        Assert.Equal(("run-1", "default"), (error.Expected, error.Actual));

        VllmAdapterWeights vllm = new(server.Endpoint);
        await vllm.LoadAsync("/shared/a", "run-1");
        server.Weights.Models.Remove("run-1");
        options = server.Options() with { Weights = vllm };
        error = await Assert.ThrowsAsync<WeightVersionException>(() => options.DrawAsync(Drawing.Prompts(1)));
        Assert.Equal(("run-1", "(not loaded)"), (error.Expected, error.Actual));
        Assert.Empty(server.Calls);

        // The same version is loaded again, and the next one too.
        await vllm.LoadAsync("/shared/a", "run-1");
        Assert.Equal("run-1", await vllm.ReadVersionAsync());
        await vllm.LoadAsync("/shared/b", "run-2");
        Assert.Equal("run-2", await vllm.ReadVersionAsync());
    }

    [Fact]
    public async Task A_refusal_to_load_is_reported_verbatim_and_the_version_stays()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        SglangWeights sglang = new(server.Endpoint);
        VllmAdapterWeights vllm = new(server.Endpoint);
        await sglang.LoadAsync("/shared/a", "run-1");
        await vllm.LoadAsync("/shared/a", "run-1");
        server.Weights.Refusal = "no such folder here";
        foreach (IServerWeights weights in (IServerWeights[])[sglang, vllm])
        {
            ServerWeightsException error =
                await Assert.ThrowsAsync<ServerWeightsException>(() => weights.LoadAsync("/nowhere", "run-2"));
            Assert.Contains("'/nowhere'", error.Message);
            Assert.Contains("400", error.Message);
            Assert.Contains("no such folder here", error.Message);
            Assert.Equal("run-1", weights.Version);
        }
    }

    [Fact]
    public async Task An_unreachable_or_slow_server_is_named()
    {
        ChatServer gone = await ChatServer.StartAsync();
        Uri address = gone.Endpoint;
        await gone.DisposeAsync();
        ServerWeightsException error = await Assert.ThrowsAsync<ServerWeightsException>(
            () => new SglangWeights(address).LoadAsync("/shared/a", "run-1"));
        Assert.Contains(address.Authority, error.Message);

        await using ChatServer server = await ChatServer.StartAsync();
        server.Weights.NeverLoads = true;
        error = await Assert.ThrowsAsync<ServerWeightsException>(
            () => new SglangWeights(server.Endpoint, timeout: TimeSpan.FromTicks(1)).LoadAsync("/shared/a", "run-1"));
        Assert.Contains("did not answer", error.Message);
    }

    [Fact]
    public async Task An_adapter_whose_answer_was_lost_is_unloaded_with_the_next_one()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        VllmAdapterWeights weights = new(server.Endpoint);
        await weights.LoadAsync("/shared/a", "run-1");
        server.Weights.LosesAnswers = true;
        await Assert.ThrowsAsync<ServerWeightsException>(() => weights.LoadAsync("/shared/b", "run-2"));
        Assert.Equal("run-1", weights.Version);
        Assert.Equal(["tiny", "run-1", "run-2"], server.Weights.Models);

        server.Weights.LosesAnswers = false;
        await weights.LoadAsync("/shared/c", "run-3");
        Assert.Equal(["tiny", "run-3"], server.Weights.Models);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_for_its_version()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        SglangWeights weights = new(server.Endpoint);
        server.Weights.BusyAnswers = 1;
        Assert.Equal("default", await weights.ReadVersionAsync());
    }

    // Half of a surrogate pair isn't valid text, although the JSON around it can be parsed.
    [Fact]
    public void A_name_that_is_not_valid_text_is_ignored()
    {
        WeightAnswer answer = new(
            new Uri("http://server"), 200, """{ "weight_version": "\ud800", "data": [{ "id": "\udc00" }, { "id": "tiny" }, { "id": 7 }] }""");
        Assert.Null(answer.Text("weight_version"));
        Assert.Equal(["tiny"], answer.Names("data", "id"));
    }

    [Fact]
    public async Task Cancellation_is_not_reported_as_a_failure()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new VllmAdapterWeights(server.Endpoint).LoadAsync("/shared/a", "run-1", stop.Token));
    }

    [Fact]
    public void Invalid_addresses_and_conflicting_options_are_refused()
    {
        Assert.Contains("'ftp://server/'", Assert.Throws<ArgumentException>(
            () => new SglangWeights(new Uri("ftp://server"))).Message);
        Assert.Contains("00:00:00", Assert.Throws<ArgumentException>(
            () => new VllmAdapterWeights(new Uri("http://server/v1"), timeout: TimeSpan.Zero)).Message);
        RemoteSamplerOptionsException error = Assert.Throws<RemoteSamplerOptionsException>(() => new RemoteSampler(new()
        {
            Endpoint = new Uri("http://server/v1"),
            Model = "tiny",
            Weights = new SglangWeights(new Uri("http://server/v1")),
            WeightVersion = "12",
            ReadWeightVersion = _ => ValueTask.FromResult("12"),
        }));
        Assert.Contains("together with WeightVersion and ReadWeightVersion", error.Message);
    }
}
