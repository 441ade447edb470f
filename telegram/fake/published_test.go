package fake

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
)

// The exchange of core.telegram.org/mtproto/samples-auth_key, as its bytes went
// over the wire. The server's RSA key and its exponent a are not published.
const (
	sampleReqPQ = "789746603E0549828CCA27E966B301A48FECE2FC"
	sampleResPQ = "632416053E0549828CCA27E966B301A48FECE2FCA5CF4D33F4A11EA877BA4AA5739073300817ED48941A08F981000000" +
		"15C4B51C01000000216BE86C022BB4C3"
	sampleNewNonce  = "311C85DB234AA2640AFC4A76A735CF5B1F0FD68BD17FA181E1229AD867CC024D"
	sampleInnerSHA1 = "DB761C27718A2305044F71F2AD951629D78B2449" // of p_q_inner_data
	sampleAESKey    = "F011280887C7BB01DF0FC4E17830E0B91FBB8BE4B2267CB985AE25F33B527253"
	sampleAESIV     = "3212D579EE35452ED23E0D0C92841AA7D31B2E9BDEF2151E80D15860311C85DB"
	sampleServerDH  = "28A92FE20173B347A8BB324B5FAB2667C9A8BBCE6468D5B509A4CBDDC186240AC912CF7006AF8926DE606A2E74C0493C" + // encrypted_answer
		"AA57741E6C82451F54D3E068F5CCC49B4444124B9666FFB405AAB564A3D01E67F6E912867C8D20D9882707DC330B17B4" +
		"E0DD57CB53BFAAFA9EF5BE76AE6C1B9B6C51E2D6502A47C883095C46C81E3BE25F62427B585488BB3BF239213BF48EB8" +
		"FE34C9A026CC8413934043974DB03556633038392CECB51F94824E140B98637730A4BE79A8F9DAFA39BAE81E1095849E" +
		"A4C83467C92A3A17D997817C8A7AC61C3FF414DA37B7D66E949C0AEC858F048224210FCC61F11C3A910B431CCBD104CC" +
		"CC8DC6D29D4A5D133BE639A4C32BBFF153E63ACA3AC52F2E4709B8AE01844B142C1EE89D075D64F69A399FEB04E656FE" +
		"3675A6F8F412078F3D0B58DA15311C1A9F8E53B3CD6BB5572C294904B726D0BE337E2E21977DA26DD6E33270251C2CA2" +
		"9DFCC70227F0755F84CFDA9AC4B8DD5F84F1D1EB36BA45CDDC70444D8C213E4BD8F63B8AB95A2D0B4180DC91283DC063" +
		"ACFB92D6A4E407CDE7C8C69689F77A007441D4A6A8384B666502D9B77FC68B5B43CC607E60A146223E110FCB43BC3C94" +
		"2EF981930CDC4A1D310C0B64D5E55D308D863251AB90502C3E46CC599E886A927CDA963B9EB16CE62603B68529EE98F9" +
		"F5206419E03FB458EC4BD9454AA8F6BA777573CC54B328895B1DF25EAD9FB4CD5198EE022B2B81F388D281D5E5BC5801" +
		"07CA01A50665C32B552715F335FD76264FAD00DDD5AE45B94832AC79CE7C511D194BC42B70EFA850BB15C2012C5215CA" +
		"BFE97CE66B8D8734D0EE759A638AF013"
	sampleServerTime = 1373993675
	sampleGA         = "262AABA621CC4DF587DC94CF8252258C0B9337DFB47545A49CDD5C9B8EAE7236C6CADC40B24E88590F1CC2CC762EBF1C" +
		"F11DCC0B393CAAD6CEE4EE5848001C73ACBB1D127E4CB93072AA3D1C8151B6FB6AA6124B7CD782EAF981BDCFCE9D7A00" +
		"E423BD9D194E8AF78EF6501F415522E44522281C79D906DDB79C72E9C63D83FB2A940FF779DFB5F2FD786FB4AD71C9F0" +
		"8CF48758E534E9815F634F1E3A80A5E1C2AF210C5AB762755AD4B2126DFA61A77FA9DA967D65DFD0AFB5CDF26C4D4E1A" +
		"88B180F4E0D0B45BA1484F95CB2712B50BF3F5968D9D55C99C0FB9FB67BFF56D7D4481B634514FBA3488C4CDA2FC0659" +
		"990E8E868B28632875A9AA703BCDCE8F"
	sampleB = "6F620AFA575C9233EB4C014110A7BCAF49464F798A18A0981FEA1E05E8DA67D9681E0FD6DF0EDF0272AE3492451A8450" +
		"2F2EFC0DA18741A5FB80BD82296919A70FAA6D07CBBBCA2037EA7D3E327B61D585ED3373EE0553A91CBD29B01FA9A89D" +
		"479CA53D57BDE3A76FBD922A923A0A38B922C1D0701F53FF52D7EA9217080163A64901E766EB6A0F20BC391B64B9D1DD" +
		"2CD13A7D0C946A3A7DF8CEC9E2236446F646C42CFE2B60A2A8D776E56C8D7519B08B88ED0970E10D12A8C9E355D765F2" +
		"B7BBB7B4CA9360083435523CB0D57D2B106FD14F94B4EEE79D8AC131CA56AD389C84FE279716F8124A543337FB9EA3D9" +
		"88EC5FA63D90A4BA3970E7A39E5C0DE5"
	sampleGB = "73700E7BFC7AEEC828EB8E0DCC04D09A0DD56A1B4B35F72F0B55FCE7DB7EBB72D7C33C5D4AA59E1C74D09B01AE536B31" +
		"8CFED436AFDB15FE9EB4C70D7F0CB14E46DBBDE9053A64304361EB358A9BB32E9D5C2843FE87248B89C3F066A7D5876D" +
		"61657ACC52B0D81CD683B2A0FA93E8ADAB20377877F3BC3369BBF57B10F5B589E65A9C27490F30A0C70FFCFD3453F5B3" +
		"79C1B9727A573CFFDCA8D23C721B135B92E529B1CDD2F7ABD4F34DAC4BE1EEAF60993DDE8ED45890E4F47C26F2C0B2E0" +
		"37BB502739C8824F2A99E2B1E7E416583417CC79A8807A4BDAC6A5E9805D4F6186C37D66F6988C9F9C752896F3D34D25" +
		"529263FAF2670A09B2A59CE35264511F"
	sampleClientDH = "928A4957D0463B525C1CC48AABAA030A256BE5C746792C84CA4C5A0DF60AC799048D98A38A8480EDCF082214DFC79DCB" + // encrypted_data
		"9EE34E206513E2B3BC1504CFE6C9ADA46BF9A03CA74F192EAF8C278454ADABC795A566615462D31817382984039505F7" +
		"1CB33A41E2527A4B1AC05107872FED8E3ABCEE1518AE965B0ED3AED7F67479155BDA8E4C286B64CDF123EC748CF289B1" +
		"DB02D1907B562DF462D8582BA6F0A3022DC2D3504D69D1BA48B677E3A830BFAFD67584C8AA24E1344A8904E305F9587C" +
		"92EF964F0083F50F61EAB4A393EAA33C9270294AEDC7732891D4EA1599F52311D74469D2112F4EDF3F342E93C8E87E81" +
		"2DC3989BAECFE6740A46077524C75093F5A5405736DE8937BB6E42C9A0DCF22CA53227D462BCCC2CFE94B6FE86AB7FBF" +
		"A395021F66661AF7C0024CA2986CA03F3476905407D1EA9C010B763258DB1AA2CC7826D91334EFC1FDC665B67FE45ED0"
	sampleKey = "AB96E207C631300986F30EF97DF55E179E63C112675F0CE502EE76D74BBEE6CBD1E95772818881E9F2FF54BD52C25878" +
		"7474F6A7BEA61EABE49D1D01D55F64FC07BC31685716EC8FB46FEACF9502E42CFD6B9F45A08E90AA5C2B5933AC767CBE" +
		"1CD50D8E64F89727CA4A1A5D32C0DB80A9FCDBDDD4F8D5A1E774198F1A4299F927C484FEEC395F29647E43C3243986F9" +
		"3609E23538C21871DF50E00070B3B6A8FA9BC15628E8B43FF977409A61CEEC5A21CF7DFB5A4CC28F5257BC30CD8F2FB9" +
		"2FBF21E28924065F50E0BBD5E11A420300E2C136B80E9826C6C5609B5371B7850AA628323B6422F3A94F6DFDE4C3DC1E" +
		"A60F7E11EE63122B3F39CBD1A8430157"
	sampleNonceHash1 = "CCEBC0217266E1EDEC7FB0A0EED6C220"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func bigOf(t *testing.T, s string) *big.Int { return new(big.Int).SetBytes(unhex(t, s)) }

// asked decodes what the exchange answers.
func asked[T any, R request[T]](t *testing.T, x *exchange, body []byte) T {
	t.Helper()
	answer, err := x.answer(body)
	if err != nil {
		t.Fatal(err)
	}
	var r T
	if err := R(&r).Decode(&bin.Buffer{Buf: encoded(answer)}); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPublishedExchange goes through the published exchange with the published
// randomness. As a is unknown, the server takes the client's exponent b and the
// client the server's g_a: the key is the same.
func TestPublishedExchange(t *testing.T) {
	var server bin.Int128
	var newNonce bin.Int256
	copy(server[:], unhex(t, sampleResPQ)[20:])
	copy(newNonce[:], unhex(t, sampleNewNonce))
	made := map[crypto.Key]int64{}
	x := &exchange{
		key: rsaKey(1), dc: 2, now: func() time.Time { return time.Unix(sampleServerTime, 0) },
		rand: io.MultiReader(bytes.NewReader(server[:]), bytes.NewReader(unhex(t, sampleB)), rand.Reader),
		done: func(value crypto.Key, salt int64) { made[value] = salt },
	}

	res, err := x.answer(unhex(t, sampleReqPQ))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ToUpper(hex.EncodeToString(encoded(res))); got[:len(got)-16] != sampleResPQ[:len(sampleResPQ)-16] {
		t.Errorf("resPQ is %s but for the key's fingerprint, published is %s", got, sampleResPQ)
	}

	inner := encoded(&mt.PQInnerData{Pq: pq.Bytes(), P: pqP.Bytes(), Q: pqQ.Bytes(), Nonce: x.nonce, ServerNonce: server, NewNonce: newNonce})
	sum := sha1.Sum(inner)
	if !bytes.Equal(sum[:], unhex(t, sampleInnerSHA1)) {
		t.Errorf("p_q_inner_data has SHA1 %x", sum)
	}
	data, err := crypto.RSAEncryptHashed(inner, &x.key.PublicKey, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dh := asked[mt.ServerDHParamsOk](t, x, encoded(&mt.ReqDHParamsRequest{Nonce: x.nonce, ServerNonce: server, P: pqP.Bytes(), Q: pqQ.Bytes(),
		PublicKeyFingerprint: crypto.RSAFingerprint(&x.key.PublicKey), EncryptedData: data}))
	var got, want mt.ServerDHInnerData
	for b, into := range map[string]*mt.ServerDHInnerData{string(dh.EncryptedAnswer): &got, string(unhex(t, sampleServerDH)): &want} {
		clear, err := crypto.DecryptExchangeAnswer([]byte(b), unhex(t, sampleAESKey), unhex(t, sampleAESIV))
		if err != nil || clear == nil {
			t.Fatalf("decrypt with the published key: %v", err)
		}
		if err := into.Decode(&bin.Buffer{Buf: clear}); err != nil {
			t.Fatal(err)
		}
	}
	if want.G != 2 || !bytes.Equal(want.GA, unhex(t, sampleGA)) {
		t.Fatalf("the published answer has g %d, g_a %x", want.G, want.GA)
	}
	// 2 is no g for this prime any more: its powers tell whether the exponent is odd.
	want.G, want.GA = dhG, new(big.Int).Exp(big.NewInt(dhG), bigOf(t, sampleB), dhPrime).Bytes()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("server_DH_inner_data (-published +ours)\n%s", diff)
	}

	key, iv := crypto.TempAESKeys(newNonce.BigInt(), server.BigInt())
	sealed, err := crypto.EncryptExchangeAnswer(rand.Reader, encoded(&mt.ClientDHInnerData{Nonce: x.nonce, ServerNonce: server, GB: unhex(t, sampleGA)}), key, iv)
	if err != nil {
		t.Fatal(err)
	}
	gen := asked[mt.DhGenOk](t, x, encoded(&mt.SetClientDHParamsRequest{Nonce: x.nonce, ServerNonce: server, EncryptedData: sealed}))
	if !bytes.Equal(gen.NewNonceHash1[:], unhex(t, sampleNonceHash1)) {
		t.Errorf("new_nonce_hash1 is %x", gen.NewNonceHash1)
	}
	salt, ok := made[crypto.Key(unhex(t, sampleKey))]
	if !ok || len(made) != 1 || salt != crypto.ServerSalt(newNonce, server) {
		t.Errorf("made %x, want the published key", made)
	}
}

// TestPublishedClient takes the published set_client_DH_params as it is: with the
// exponent 1 the key is the client's g_b.
func TestPublishedClient(t *testing.T) {
	var nonce, server bin.Int128
	var newNonce bin.Int256
	copy(nonce[:], unhex(t, sampleReqPQ)[4:])
	copy(server[:], unhex(t, sampleResPQ)[20:])
	copy(newNonce[:], unhex(t, sampleNewNonce))
	var made crypto.Key
	x := &exchange{key: rsaKey(1), dc: 2, nonce: nonce, serverNonce: server, newNonce: newNonce, a: big.NewInt(1),
		done: func(value crypto.Key, _ int64) { made = value }}
	asked[mt.DhGenOk](t, x, encoded(&mt.SetClientDHParamsRequest{Nonce: nonce, ServerNonce: server, EncryptedData: unhex(t, sampleClientDH)}))
	if !bytes.Equal(made[:], unhex(t, sampleGB)) || !bytes.Equal(made[:], new(big.Int).Exp(big.NewInt(2), bigOf(t, sampleB), dhPrime).Bytes()) {
		t.Errorf("g_b is %x", made)
	}
}
