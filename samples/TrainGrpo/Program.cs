using MedR1.Samples;
using MedR1.Samples.TrainGrpo;
using Microsoft.Extensions.Configuration;

// Usage: --Checkpoint folder --Data folder, and any other setting of appsettings.json: --Trainer:MaxSteps 1000 --Modality X-Ray.
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, press) =>
{
    // The first Ctrl+C ends the run between two passes; unsaved work is sampled again when the run resumes.
    press.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
return await Mistakes.ReportAsync(TrainAsync, whenStopped: "Stopped. The same command continues from the latest checkpoint.");

async Task TrainAsync()
{
    bool asksForHelp = CommandLine.AsksForHelp(args);
    if (!asksForHelp)
    {
        CommandLine.Check(args);
    }

    IConfiguration configuration = new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json")
        .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
        .AddCommandLine(asksForHelp ? [] : args)
        .Build();
    if (asksForHelp)
    {
        HelpText.Write(configuration, Console.Out);
        return;
    }

    TrainGrpoSettings settings = TrainGrpoSettings.Read(configuration);
    await new TrainGrpoRun(settings, configuration.GetSection(TrainGrpoSettings.Trainer)).RunAsync(stop.Token);
}
